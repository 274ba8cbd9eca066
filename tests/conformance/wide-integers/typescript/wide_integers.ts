export const wideIntegers = {
  echoS64: (x: bigint): bigint => x,
  echoU64: (x: bigint): bigint => x,
};
