// Implements the world of `wit/world.wit`.

/** @param {string} name */
export function greet(name) {
  return `Hello, ${name}!`;
}
