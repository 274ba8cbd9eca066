package export_conformance_failure_failure

import "fmt"

func OnlyEven(x uint32) uint32 {
	if x%2 != 0 {
		panic(fmt.Sprint(x, " is odd"))
	}
	return x
}
