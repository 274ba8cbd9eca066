import { double, join, mirror, type Point } from "conformance:imports/provider";

export const consumer = {
  quadruple: (x: number): number => double(double(x)),
  shout: (words: string[]): string => `${join(words)}!`,
  across: (p: Point): Point => mirror(p),
};
