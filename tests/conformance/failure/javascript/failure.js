export const failure = {
  onlyEven(x) {
    if (x % 2) throw new Error(`${x} is odd`);
    return x;
  },
};
