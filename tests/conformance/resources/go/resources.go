package export_conformance_resources_resources

import "runtime"

type Counter struct {
	pinner runtime.Pinner
	handle int32
	count  uint32
}

func MakeCounter(start uint32) *Counter { return &Counter{count: start} }

func (self *Counter) OnDrop() {}

func (self *Counter) Add(by uint32) uint32 {
	self.count += by
	return self.count
}

func (self *Counter) Value() uint32 { return self.count }

func CounterTwice(start uint32) *Counter { return MakeCounter(2 * start) }

func Largest(counters []*Counter) uint32 {
	var largest uint32
	for _, counter := range counters {
		largest = max(largest, counter.count)
	}
	return largest
}
