export const greeter = {
  greet(name) {
    return `Hello, ${name}, from JavaScript!`;
  },
  measure(text) {
    return { length: [...text].length, upper: text.toUpperCase() };
  },
  parse(text) {
    if (!/^\d+$/.test(text)) throw `not a number: ${text}`;
    return Number(text);
  },
};
