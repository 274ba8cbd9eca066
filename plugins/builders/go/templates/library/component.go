// Package component implements the world of wit/world.wit.
package component

// Greet is a greeting for name.
func Greet(name string) string {
	return "Hello, " + name + "!"
}
