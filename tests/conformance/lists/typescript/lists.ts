export const lists = {
  sum: (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0),
  reverse: (words: string[]): string[] => words.reverse(),
  invert: (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff),
  lengths: (lists: Uint8Array[]): number[] => lists.map((list) => list.length),
  swap: ([text, number]: [string, number]): [number, string] => [number, text],
};
