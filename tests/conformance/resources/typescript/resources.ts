class Counter {
  constructor(private count: number) {}

  add(by: number): number {
    this.count += by;
    return this.count;
  }
  value(): number {
    return this.count;
  }
  static twice(start: number): Counter {
    return new Counter(2 * start);
  }
}

export const resources = {
  Counter,
  largest: (counters: Counter[]): number =>
    Math.max(0, ...counters.map((counter) => counter.value())),
};
