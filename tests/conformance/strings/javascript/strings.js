export const strings = {
  greet: (name) => `Hello, ${name}!`,
  count: (text) => [...text].length,
  repeat: (text, times) => text.repeat(times),
};
