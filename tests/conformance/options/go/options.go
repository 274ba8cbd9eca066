package export_conformance_options_options

import (
	"fmt"

	. "go.bytecodealliance.org/pkg/wit/types"
)

func Increment(x Option[uint32]) Option[uint32] {
	if x.IsNone() {
		return x
	}
	return Some(x.Some() + 1)
}

func First(words []string) Option[string] {
	if len(words) == 0 {
		return None[string]()
	}
	return Some(words[0])
}

func Describe(x Option[Option[uint32]]) string {
	switch {
	case x.IsNone():
		return "none"
	case x.Some().IsNone():
		return "some none"
	default:
		return fmt.Sprint("some some ", x.Some().Some())
	}
}

func Wrap(depth uint32) Option[Option[uint32]] {
	switch depth {
	case 0:
		return None[Option[uint32]]()
	case 1:
		return Some(None[uint32]())
	default:
		return Some(Some(depth))
	}
}
