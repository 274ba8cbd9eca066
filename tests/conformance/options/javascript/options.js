export const options = {
  increment: (x) => (x == null ? null : x + 1),
  first: (words) => words[0],
  describe(x) {
    if (x.tag === "none") return "none";
    return x.val == null ? "some none" : `some some ${x.val}`;
  },
  wrap(depth) {
    if (depth === 0) return { tag: "none" };
    return { tag: "some", val: depth === 1 ? null : depth };
  },
};
