package export_demo_greet_greeter

import (
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode/utf8"

	witTypes "go.bytecodealliance.org/pkg/wit/types"
	"wit_component/demo_greet_greeter"
)

type Stats = demo_greet_greeter.Stats

// The collector reads the clock, and reading the clock is a call out of the
// component, which is forbidden while the host asks it for memory: a collection
// that starts by itself there traps. So it is off, and runs at the entry of a
// call once the heap has doubled.
var collectAt uint64 = 4 << 20

func init() { debug.SetGCPercent(-1) }

func collect() {
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	if heap.HeapAlloc < collectAt {
		return
	}
	runtime.GC()
	runtime.ReadMemStats(&heap)
	collectAt = max(2*heap.HeapAlloc, 4<<20)
}

func Greet(name string) string {
	collect()
	return "Hello, " + name + ", from Go!"
}

func Measure(text string) Stats {
	collect()
	return Stats{Length: uint32(utf8.RuneCountInString(text)), Upper: strings.ToUpper(text)}
}

func Parse(text string) witTypes.Result[uint32, string] {
	collect()
	number, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return witTypes.Err[uint32, string]("not a number: " + text)
	}
	return witTypes.Ok[uint32, string](uint32(number))
}
