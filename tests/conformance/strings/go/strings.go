package export_conformance_strings_strings

import (
	"strings"
	"unicode/utf8"
)

func Greet(name string) string { return "Hello, " + name + "!" }

func Count(text string) uint32 { return uint32(utf8.RuneCountInString(text)) }

func Repeat(text string, times uint32) string { return strings.Repeat(text, int(times)) }
