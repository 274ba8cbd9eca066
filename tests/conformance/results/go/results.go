package export_conformance_results_results

import (
	"strconv"

	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/conformance_results_results"
)

func Parse(text string) Result[uint32, string] {
	number, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return Err[uint32, string]("not a number: " + text)
	}
	return Ok[uint32, string](uint32(number))
}

func Check(x uint32) Result[Unit, Mistake] {
	switch {
	case x == 0:
		return Err[Unit, Mistake](MistakeEmpty)
	case x > 100:
		return Err[Unit, Mistake](MistakeTooLarge)
	default:
		return Ok[Unit, Mistake](Unit{})
	}
}

func Half(x uint32) Result[uint32, Unit] {
	if x%2 != 0 {
		return Err[uint32, Unit](Unit{})
	}
	return Ok[uint32, Unit](x / 2)
}

func Even(x uint32) Result[Unit, Unit] {
	if Half(x).IsErr() {
		return Err[Unit, Unit](Unit{})
	}
	return Ok[Unit, Unit](Unit{})
}
