export const compileError = {
  twice(x) {
    return x * ;
  },
};
