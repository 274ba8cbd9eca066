package app

func Twice(x uint32) uint32 {
	return x * factor
}
