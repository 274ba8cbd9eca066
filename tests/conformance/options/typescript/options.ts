type Option<T> = T | null | undefined;
type Nested<T> = { tag: "none" } | { tag: "some"; val: Option<T> };

export const options = {
  increment: (x: Option<number>): Option<number> => (x == null ? null : x + 1),
  first: (words: string[]): Option<string> => words[0],
  describe(x: Nested<number>): string {
    if (x.tag === "none") return "none";
    return x.val == null ? "some none" : `some some ${x.val}`;
  },
  wrap(depth: number): Nested<number> {
    if (depth === 0) return { tag: "none" };
    return { tag: "some", val: depth === 1 ? null : depth };
  },
};
