// hello CODE WORD…: see ../../README.md.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	code, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	fmt.Printf("Hello, %s, from Go!\n", strings.Join(os.Args[2:], " "))
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Printf("stdin: %s\n", strings.TrimSpace(line))
	fmt.Printf("clock: %d\n", time.Now().UnixMilli())
	var bytes [8]byte
	if _, err := rand.Read(bytes[:]); err != nil {
		panic(err)
	}
	fmt.Printf("random: %d\n", binary.LittleEndian.Uint64(bytes[:]))
	os.Exit(code)
}
