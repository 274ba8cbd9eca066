import { double, join, mirror } from "conformance:imports/provider";

export const consumer = {
  quadruple: (x) => double(double(x)),
  shout: (words) => `${join(words)}!`,
  across: (p) => mirror(p),
};
