export const lists = {
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  reverse: (words) => words.reverse(),
  invert: (bytes) => bytes.map((byte) => byte ^ 0xff),
  lengths: (lists) => lists.map((list) => list.length),
  swap: ([text, number]) => [number, text],
};
