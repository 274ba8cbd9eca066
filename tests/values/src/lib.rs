//! The guest of `tests/tests/values.rs`.

// For its own target only: names of exports such as `[static]counter.parse` are
// more than other linkers take.
#![cfg(target_arch = "wasm32")]
// What `generate!` writes has no comments of its own.
#![allow(missing_docs)]
// A guest speaks through its standard output.
#![allow(clippy::print_stdout)]

wit_bindgen::generate!({ path: "wit" });

use std::cell::Cell;

use exports::test::values::counters::{self, CounterBorrow};
use exports::test::values::echo::{Access, Color, Guest as Echo, Pair, Point, Shape, User};
use exports::test::values::other::Guest as Other;

struct Values;

impl Echo for Values {
    fn echo_bool(v: bool) -> bool {
        v
    }

    fn echo_s8(v: i8) -> i8 {
        v
    }

    fn echo_u8(v: u8) -> u8 {
        v
    }

    fn echo_s16(v: i16) -> i16 {
        v
    }

    fn echo_u16(v: u16) -> u16 {
        v
    }

    fn echo_s32(v: i32) -> i32 {
        v
    }

    fn echo_u32(v: u32) -> u32 {
        v
    }

    fn echo_s64(v: i64) -> i64 {
        v
    }

    fn echo_u64(v: u64) -> u64 {
        v
    }

    fn echo_f32(v: f32) -> f32 {
        v
    }

    fn echo_f64(v: f64) -> f64 {
        v
    }

    fn echo_char(v: char) -> char {
        v
    }

    fn echo_string(v: String) -> String {
        v
    }

    fn echo_bytes(v: Vec<u8>) -> Vec<u8> {
        v
    }

    fn echo_strings(v: Vec<String>) -> Vec<String> {
        v
    }

    fn echo_points(v: Vec<Point>) -> Vec<Point> {
        v
    }

    fn echo_grid(v: Vec<Vec<i32>>) -> Vec<Vec<i32>> {
        v
    }

    fn echo_point(v: Point) -> Point {
        v
    }

    fn echo_user(v: User) -> User {
        v
    }

    fn echo_shape(v: Shape) -> Shape {
        v
    }

    fn echo_color(v: Color) -> Color {
        v
    }

    fn echo_access(v: Access) -> Access {
        v
    }

    fn echo_option(v: Option<i32>) -> Option<i32> {
        v
    }

    fn echo_nested(v: Option<Option<i32>>) -> Option<Option<i32>> {
        v
    }

    fn echo_tuple(v: (u8, String)) -> (u8, String) {
        v
    }

    fn echo_pair(v: Pair) -> Pair {
        v
    }

    fn echo_result(v: Result<i32, String>) -> Result<i32, String> {
        v
    }

    fn echo_result_ok(v: Result<i32, ()>) -> Result<i32, ()> {
        v
    }

    fn echo_result_err(v: Result<(), String>) -> Result<(), String> {
        v
    }

    fn echo_result_none(v: Result<(), ()>) -> Result<(), ()> {
        v
    }

    fn nothing() {}

    fn join(text: String, times: u8, between: Option<String>) -> String {
        let parts = vec![text; usize::from(times)];
        parts.join(&between.unwrap_or_default())
    }

    fn sum(
        a: i32,
        b: i32,
        c: i32,
        d: i32,
        e: i32,
        f: i32,
        g: i32,
        h: i32,
        i: i32,
        j: i32,
        k: i32,
        l: i32,
        m: i32,
        n: i32,
        o: i32,
        p: i32,
        q: i32,
    ) -> i64 {
        [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]
            .into_iter()
            .map(i64::from)
            .sum()
    }

    fn a_function_with_a_name_so_long_that_no_table_has_a_column_wide_enough_for_all_of_it() -> u8 {
        1
    }
}

impl Other for Values {
    fn echo_s32(v: i32) -> i32 {
        v
    }

    fn add_two(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }
}

/// Says when it is dropped, so that tests see that it is.
struct Counter(Cell<u32>);

impl Drop for Counter {
    fn drop(&mut self) {
        println!("dropped {}", self.0.get());
    }
}

fn counter(start: u32) -> counters::Counter {
    counters::Counter::new(Counter(Cell::new(start)))
}

fn get(of: &CounterBorrow) -> u32 {
    of.get::<Counter>().0.get()
}

impl counters::GuestCounter for Counter {
    fn new(start: u32) -> Self {
        Self(Cell::new(start))
    }

    fn increment(&self, by: u32) -> u32 {
        self.0.set(self.0.get().wrapping_add(by));
        self.0.get()
    }

    fn value(&self) -> u32 {
        self.0.get()
    }

    fn zero() -> counters::Counter {
        counter(0)
    }

    fn parse(text: String) -> Result<counters::Counter, String> {
        text.parse()
            .map(counter)
            .map_err(|error| format!("{text}: {error}"))
    }

    fn sum_of(a: CounterBorrow, b: CounterBorrow) -> counters::Counter {
        counter(get(&a).wrapping_add(get(&b)))
    }
}

impl counters::Guest for Values {
    type Counter = Counter;

    fn total(a: CounterBorrow, b: CounterBorrow) -> u32 {
        get(&a).wrapping_add(get(&b))
    }

    fn consume(c: counters::Counter) -> u32 {
        c.get::<Counter>().0.get()
    }

    fn make(start: u32) -> counters::Counter {
        counter(start)
    }

    fn label(c: CounterBorrow, label: String, at: (i32, i32)) -> String {
        format!("{label}={} at {},{}", get(&c), at.0, at.1)
    }

    fn sum_all(all: Vec<CounterBorrow>) -> u32 {
        all.iter().map(get).fold(0, u32::wrapping_add)
    }

    fn keep(one: counters::Kept, other: Option<counters::Counter>) -> String {
        let value = |counter: &counters::Counter| counter.get::<Counter>().0.get();
        let mut kept = format!("{}={}", one.name, value(&one.counter));
        if let Some(other) = &other {
            kept.push_str(&format!(",{}", value(other)));
        }
        kept
    }
}

export!(Values);
