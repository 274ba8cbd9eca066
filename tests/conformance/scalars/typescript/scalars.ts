const same = <T>(x: T): T => x;

export const scalars = {
  negate: (x: boolean): boolean => !x,
  echoS8: same<number>,
  echoU8: same<number>,
  echoS16: same<number>,
  echoU16: same<number>,
  echoS32: same<number>,
  echoU32: same<number>,
  echoF32: same<number>,
  echoF64: same<number>,
  echoChar: same<string>,
  sum: (a: number, b: number): number => a + b,
};
