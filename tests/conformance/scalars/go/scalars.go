package export_conformance_scalars_scalars

func Negate(x bool) bool { return !x }

func EchoS8(x int8) int8 { return x }

func EchoU8(x uint8) uint8 { return x }

func EchoS16(x int16) int16 { return x }

func EchoU16(x uint16) uint16 { return x }

func EchoS32(x int32) int32 { return x }

func EchoU32(x uint32) uint32 { return x }

func EchoF32(x float32) float32 { return x }

func EchoF64(x float64) float64 { return x }

func EchoChar(x rune) rune { return x }

func Sum(a int32, b uint32) int64 { return int64(a) + int64(b) }
