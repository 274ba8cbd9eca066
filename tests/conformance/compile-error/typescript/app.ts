export const compileError = {
  twice(x: number): number {
    return x * ;
  },
};
