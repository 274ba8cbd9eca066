package export_conformance_variants_variants

import (
	"strings"

	. "wit_component/conformance_variants_variants"
)

func Area(shape Shape) float64 {
	switch shape.Tag() {
	case ShapeNothing:
		return 0
	case ShapeSquare:
		return shape.Square() * shape.Square()
	case ShapeRectangle:
		return shape.Rectangle().Width * shape.Rectangle().Height
	default:
		return -1
	}
}

func Double(shape Shape) Shape {
	switch shape.Tag() {
	case ShapeSquare:
		return MakeShapeSquare(2 * shape.Square())
	case ShapeRectangle:
		size := shape.Rectangle()
		return MakeShapeRectangle(Size{Width: 2 * size.Width, Height: 2 * size.Height})
	case ShapeNamed:
		return MakeShapeNamed(strings.Repeat(shape.Named(), 2))
	default:
		return shape
	}
}
