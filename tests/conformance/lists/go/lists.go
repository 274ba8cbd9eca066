package export_conformance_lists_lists

import (
	"slices"

	types "go.bytecodealliance.org/pkg/wit/types"
)

func Sum(numbers []int32) int64 {
	var sum int64
	for _, number := range numbers {
		sum += int64(number)
	}
	return sum
}

func Reverse(words []string) []string {
	slices.Reverse(words)
	return words
}

func Invert(bytes []uint8) []uint8 {
	for i := range bytes {
		bytes[i] = ^bytes[i]
	}
	return bytes
}

func Lengths(lists [][]uint8) []uint32 {
	var lengths []uint32
	for _, list := range lists {
		lengths = append(lengths, uint32(len(list)))
	}
	return lengths
}

func Swap(pair types.Tuple2[string, uint32]) (uint32, string) { return pair.F1, pair.F0 }
