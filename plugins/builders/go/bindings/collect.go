// Package wit_collect collects garbage where a component may be left.
//
// The collector reads the clock, and reading the clock is a call out of the
// component, which is forbidden while the caller asks it for memory: a
// collection that starts by itself there ends the instance. So none starts by
// itself; one runs when a call comes in or goes out and the heap has doubled.
package wit_collect

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const smallest = 4 << 20

var (
	sample  = []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	collect = uint64(smallest)
)

func init() {
	debug.SetGCPercent(-1)
}

func heap() uint64 {
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// Collect runs the collector if the heap has doubled since it last ran.
func Collect() {
	if heap() < collect {
		return
	}
	runtime.GC()
	collect = max(2*heap(), smallest)
}
