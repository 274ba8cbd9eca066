const same = (x) => x;

export const scalars = {
  negate: (x) => !x,
  echoS8: same,
  echoU8: same,
  echoS16: same,
  echoU16: same,
  echoS32: same,
  echoU32: same,
  echoF32: same,
  echoF64: same,
  echoChar: same,
  sum: (a, b) => a + b,
};
