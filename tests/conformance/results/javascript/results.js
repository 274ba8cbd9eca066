export const results = {
  parse(text) {
    if (!/^\d+$/.test(text)) throw `not a number: ${text}`;
    return Number(text);
  },
  check(x) {
    if (x === 0) throw "empty";
    if (x > 100) throw "too-large";
  },
  half(x) {
    if (x % 2) throw undefined;
    return x / 2;
  },
  even(x) {
    results.half(x);
  },
};
