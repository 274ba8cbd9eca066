package export_conformance_imports_consumer

import (
	types "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/conformance_imports_provider"
)

func Quadruple(x uint32) uint32 { return Double(Double(x)) }

func Shout(words []string) string { return Join(words) + "!" }

func Across(p Point) types.Result[Point, string] { return Mirror(p) }
