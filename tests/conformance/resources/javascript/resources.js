class Counter {
  constructor(start) {
    this.count = start;
  }
  add(by) {
    this.count += by;
    return this.count;
  }
  value() {
    return this.count;
  }
  static twice(start) {
    return new Counter(2 * start);
  }
}

export const resources = {
  Counter,
  largest: (counters) => Math.max(0, ...counters.map((counter) => counter.count)),
};
