export const wideIntegers = {
  echoS64: (x: number): number => x,
  echoU64: (x: number): number => x,
};
