// Package counts counts words.
package counts

import (
	"cmp"
	"slices"

	. "wit_component/example_polyglot_counts"
	words "wit_component/example_polyglot_words"
)

// Count says how often each word is there, the most frequent first.
func Count(text string) []Entry {
	times := map[string]uint32{}
	for _, word := range words.Split(text) {
		times[word]++
	}
	var entries []Entry
	for word, times := range times {
		entries = append(entries, Entry{Word: word, Times: times})
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Word, b.Word))
	})
	return entries
}
