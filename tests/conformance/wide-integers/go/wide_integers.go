package export_conformance_wide_integers_wide_integers

func EchoS64(x int64) int64 { return x }

func EchoU64(x uint64) uint64 { return x }
