export const wideIntegers = {
  echoS64: (x) => x,
  echoU64: (x) => x,
};
