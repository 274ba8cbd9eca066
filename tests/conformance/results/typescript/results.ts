type Mistake = "empty" | "too-large";

function fail(mistake: Mistake): never {
  throw mistake;
}

export const results = {
  parse(text: string): number {
    if (!/^\d+$/.test(text)) throw `not a number: ${text}`;
    return Number(text);
  },
  check(x: number): void {
    if (x === 0) fail("empty");
    if (x > 100) fail("too-large");
  },
  half(x: number): number {
    if (x % 2) throw undefined;
    return x / 2;
  },
  even(x: number): void {
    results.half(x);
  },
};
