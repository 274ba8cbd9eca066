interface Size {
  width: number;
  height: number;
}

type Shape =
  | { tag: "nothing" }
  | { tag: "square"; val: number }
  | { tag: "rectangle"; val: Size }
  | { tag: "named"; val: string };

export const variants = {
  area(shape: Shape): number {
    switch (shape.tag) {
      case "nothing":
        return 0;
      case "square":
        return shape.val * shape.val;
      case "rectangle":
        return shape.val.width * shape.val.height;
      case "named":
        return -1;
    }
  },
  double(shape: Shape): Shape {
    switch (shape.tag) {
      case "nothing":
        return shape;
      case "square":
        return { tag: "square", val: 2 * shape.val };
      case "rectangle":
        return { tag: "rectangle", val: { width: 2 * shape.val.width, height: 2 * shape.val.height } };
      case "named":
        return { tag: "named", val: shape.val.repeat(2) };
    }
  },
};
