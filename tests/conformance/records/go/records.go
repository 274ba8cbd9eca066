package export_conformance_records_records

import (
	"slices"

	. "wit_component/conformance_records_records"
)

func Add(a, b Point) Point { return Point{X: a.X + b.X, Y: a.Y + b.Y} }

func Older(person Person) Person {
	person.Age++
	return person
}

func Farthest(points []Point) Point {
	distance := func(p Point) int32 { return p.X*p.X + p.Y*p.Y }
	return slices.MaxFunc(points, func(a, b Point) int { return int(distance(a) - distance(b)) })
}
