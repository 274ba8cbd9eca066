from wit_world import exports
from wit_world.exports.variants import (
    Shape,
    Shape_Named,
    Shape_Nothing,
    Shape_Rectangle,
    Shape_Square,
    Size,
)


class Variants(exports.Variants):
    def area(self, shape: Shape) -> float:
        match shape:
            case Shape_Nothing():
                return 0.0
            case Shape_Square(side):
                return side * side
            case Shape_Rectangle(size):
                return size.width * size.height
            case _:
                return -1.0

    def double(self, shape: Shape) -> Shape:
        match shape:
            case Shape_Square(side):
                return Shape_Square(side * 2)
            case Shape_Rectangle(size):
                return Shape_Rectangle(Size(size.width * 2, size.height * 2))
            case Shape_Named(name):
                return Shape_Named(name * 2)
            case _:
                return shape
