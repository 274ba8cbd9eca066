from dataclasses import replace
from typing import List

from wit_world import exports
from wit_world.exports.records import Person, Point


class Records(exports.Records):
    def add(self, a: Point, b: Point) -> Point:
        return Point(a.x + b.x, a.y + b.y)

    def older(self, person: Person) -> Person:
        return replace(person, age=person.age + 1)

    def farthest(self, points: List[Point]) -> Point:
        return max(points, key=lambda point: point.x**2 + point.y**2)
