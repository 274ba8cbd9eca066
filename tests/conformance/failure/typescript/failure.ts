export const failure = {
  onlyEven(x: number): number {
    if (x % 2) throw new Error(`${x} is odd`);
    return x;
  },
};
