// Implements the world of `wit/world.wit`.

export function greet(name: string): string {
  return `Hello, ${name}!`;
}
