import provider, { Cell, twice, refuse, next, measure } from "demo:wide/provider";

export function exact(x: bigint): bigint[] {
  const cell = new Cell(x);
  const seen = [cell.get(), cell.replace(x + 1n), cell.get(), Cell.sum([x, x, 1n]).get()];
  seen.push(provider.next({ id: x, name: "it" }).id, next(null).id);
  seen.push(measure([{ tag: "bytes", val: x }, { tag: "unknown" }])[0]);
  try {
    refuse(x);
  } catch (error) {
    seen.push(error.payload);
  }
  return seen;
}

export const negative = (x: bigint): bigint => twice(x) / 2n - 1n;

export function described(x: bigint): string {
  const [total, count] = measure([{ tag: "bytes", val: x }, { tag: "unknown" }]);
  return `${typeof x} ${total} ${count} ${next({ id: x, name: "it" }).name} ${refuse(x * 2n)}`;
}

export const flat = (x: unknown): unknown => x;
