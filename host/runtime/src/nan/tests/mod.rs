//! Which instructions are followed by a replacement, and that what is seen is
//! what replacing every NaN would show.

mod debugging;
mod operations;
mod random;
mod same;

use wasmparser::{Operator, Parser, Payload};

use super::canonical;
use crate::sections;

/// The rewritten form of a module in text form, which is checked.
fn rewritten(text: &str) -> Vec<u8> {
    let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let rewritten = canonical(&wasm).expect("it is valid").into_owned();
    if let Err(error) = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
        .validate_all(&rewritten)
    {
        panic!("{error}\n{text}");
    }
    rewritten
}

/// The instructions of all functions that are followed by a replacement.
fn replaced(text: &str) -> Vec<String> {
    let rewritten = rewritten(text);
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(&rewritten) {
        let Ok(Payload::CodeSectionEntry(body)) = payload else {
            continue;
        };
        let operators: Vec<_> = body
            .get_operators_reader()
            .unwrap()
            .into_iter()
            .map(Result::unwrap)
            .collect();
        for three in operators.windows(3) {
            if let [
                made,
                Operator::LocalTee { .. },
                Operator::F32Const { .. } | Operator::F64Const { .. } | Operator::V128Const { .. },
            ] = three
            {
                let name = format!("{made:?}");
                found.push(name.split(' ').next().unwrap().to_owned());
            }
        }
    }
    found
}

/// What is replaced in one function with this body.
fn in_body(signature: &str, body: &str) -> Vec<String> {
    replaced(&format!(
        "(module (memory 1) (global $g (mut f64) (f64.const 0))
           (func $other (param f64) (result f64) (local.get 0))
           (func {signature} {body}))"
    ))
}

#[test]
fn what_is_stored_returned_or_passed_on_is_seen() {
    const SUM: &str = "(f64.add (local.get 0) (local.get 1))";
    for seen in [
        format!("(f64.store (i32.const 0) {SUM})"),
        format!("(global.set $g {SUM})"),
        format!("(drop (call $other {SUM}))"),
        format!("(drop (i64.reinterpret_f64 {SUM}))"),
        format!("(drop (f64.eq (f64.copysign (f64.const 1) {SUM}) (f64.const 1)))"),
        format!("(local.set 2 {SUM}) (global.set $g (local.get 2))"),
        format!("(global.set $g (local.tee 2 {SUM}))"),
        format!("(global.set $g (f64.neg (f64.abs {SUM})))"),
        format!("(global.set $g (select {SUM} (f64.const 1) (i32.const 1)))"),
        format!("(global.set $g (block (result f64) (br 0 {SUM})))"),
        format!("(global.set $g (block (result f64) (br_if 0 {SUM} (i32.const 1))))"),
        format!(
            "(global.set $g (if (result f64) (i32.const 1) (then {SUM}) (else (f64.const 1))))"
        ),
        format!(
            "(global.set $g (block (result f64)
               (block (result f64) (br_table 0 1 {SUM} (i32.const 0)))))"
        ),
        format!("{SUM} (global.set $g (block (param f64) (result f64)))"),
        format!("{SUM} (global.set $g (loop (param f64) (result f64)))"),
        // Around a loop: used before it is made.
        format!("(loop (global.set $g (local.get 2)) (local.set 2 {SUM}) (br_if 0 (i32.const 0)))"),
        format!("{SUM} (loop (param f64) (global.set $g))"),
    ] {
        assert_eq!(in_body("(param f64 f64 f64)", &seen), ["F64Add"], "{seen}");
    }
    assert_eq!(in_body("(param f64 f64) (result f64)", SUM), ["F64Add"]);
    assert_eq!(
        in_body("(param f64 f64) (result f64)", &format!("(return {SUM})")),
        ["F64Add"]
    );
    assert_eq!(
        in_body(
            "(param f64 f64) (result f64)",
            &format!("(return_call $other {SUM})")
        ),
        ["F64Add"]
    );
}

#[test]
fn what_only_arithmetic_and_comparisons_look_at_is_not() {
    let both = "(local.get 0) (local.get 1)";
    for unseen in [
        format!("(drop (f64.lt (f64.add {both}) (f64.const 0)))"),
        format!("(drop (i32.trunc_sat_f64_s (f64.mul {both})))"),
        format!("(drop (f64.add {both}))"),
        format!(
            "(local.set 2 (f64.add {both})) (drop (f64.eq (local.get 2) (f64.neg (local.get 2))))"
        ),
        "(f64.store (i32.const 0) (local.get 0))".to_owned(),
        "(f64.store (i32.const 0) (f64.neg (f64.load (i32.const 8))))".to_owned(),
        "(f64.store (i32.const 0) (f64.convert_i32_s (i32.const 8)))".to_owned(),
        "(global.set $g (call $other (local.get 0)))".to_owned(),
    ] {
        assert_eq!(in_body("(param f64 f64 f64)", &unseen), [""; 0], "{unseen}");
    }
    // One replacement for a whole expression.
    let body = format!("(f64.sqrt (f64.div (f64.mul {both}) (f64.sub {both})))");
    assert_eq!(in_body("(param f64 f64) (result f64)", &body), ["F64Sqrt"]);
}

#[test]
fn lanes_that_are_read_as_they_were_written_are_not_seen() {
    const A: &str = "(local.get 0)";
    for (body, expected) in [
        (
            format!("(f32x4.add {A} (f32x4.mul {A} {A}))"),
            vec!["F32x4Add"],
        ),
        (
            format!("(f64x2.add {A} (f32x4.mul {A} {A}))"),
            vec!["F32x4Mul", "F64x2Add"],
        ),
        (
            format!("(i32x4.add {A} (f32x4.mul {A} {A}))"),
            vec!["F32x4Mul"],
        ),
        (
            format!("(f32x4.splat (f32.add (f32x4.extract_lane 0 {A}) (f32.const 1)))"),
            vec!["F32Add"],
        ),
        (
            format!(
                "(f32x4.ge (f32x4.splat (f32.add (f32x4.extract_lane 0 {A}) (f32.const 1))) {A})"
            ),
            vec![],
        ),
        (
            format!(
                "(f64x2.ge (f32x4.splat (f32.add (f32x4.extract_lane 0 {A}) (f32.const 1))) {A})"
            ),
            vec!["F32Add"],
        ),
        // Halves of lanes are moved.
        (
            format!(
                "(f64x2.ge (i8x16.shuffle 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 (f64x2.add {A} {A}) {A}) {A})"
            ),
            vec!["F64x2Add"],
        ),
        (
            format!(
                "(f64x2.ge (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (f64x2.add {A} {A}) {A}) {A})"
            ),
            vec![],
        ),
        (
            format!("(f32x4.demote_f64x2_zero (f64x2.promote_low_f32x4 (f32x4.add {A} {A})))"),
            vec!["F32x4DemoteF64x2Zero"],
        ),
        (
            format!("(f32x4.splat (f32.neg (f32x4.extract_lane 1 (f32x4.add {A} {A}))))"),
            vec!["F32x4Add"],
        ),
        (
            format!(
                "(f64x2.replace_lane 0 (f64x2.splat (f64.sqrt (f64x2.extract_lane 0 {A}))) (f64.const 1))"
            ),
            vec!["F64Sqrt"],
        ),
        (
            format!("(v128.bitselect {A} (f32x4.pmin (f32x4.sqrt {A}) {A}) {A})"),
            vec!["F32x4Sqrt"],
        ),
    ] {
        assert_eq!(
            in_body("(param v128) (result v128)", &body),
            expected,
            "{body}"
        );
    }
}

#[test]
fn a_module_without_arithmetic_is_not_touched() {
    let wasm = wat::parse_str(
        "(module (memory 1) (func (param f64) (f64.store (i32.const 0) (f64.neg (local.get 0)))))",
    )
    .unwrap();
    assert!(matches!(
        canonical(&wasm),
        Ok(std::borrow::Cow::Borrowed(same)) if same == wasm
    ));
}

#[test]
fn functions_that_do_not_change_keep_their_bytes_and_all_their_names() {
    let text = r#"(module $m
        (func $first (param $x f32) (result f32) (f32.neg (local.get $x)))
        (func $second (param $x f32) (result f32) (local $y i64) (f32.sqrt (local.get $x)))
        (func $third (result i32) (i32.const 7))
        (@custom "metadata.code.branch_hint" "\00")
        (@custom "kept" "as it is"))"#;
    let rewritten = rewritten(text);
    let (mut customs, mut bodies) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(&rewritten) {
        match payload.unwrap() {
            Payload::CustomSection(section) => customs.push(section.name().to_owned()),
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes().to_vec()),
            _ => {}
        }
    }
    assert_eq!(customs, ["kept", "name"]);
    assert_eq!(bodies[0], [0, 0x20, 0, 0x8c, 0x0b]);
    assert_eq!(bodies[2], [0, 0x41, 7, 0x0b]);
}

#[test]
fn modules_in_components_in_components_are_rewritten() {
    let text = r#"(component (component (core module
        (func (param f32) (result f32) (f32.sqrt (local.get 0))))))"#;
    assert_eq!(replaced(text), ["F32Sqrt"]);
    let mut deep = wat::parse_str("(component)").unwrap();
    let header = deep.clone();
    for _ in 0..150 {
        let mut outer = header.clone();
        sections::write(sections::COMPONENT, &deep, &mut outer).unwrap();
        deep = outer;
    }
    assert!(canonical(&deep).is_err());
}

#[test]
fn an_instruction_that_is_not_known_makes_everything_seen() {
    let body = "(block (br_on_null 0 (ref.null func)) drop)
                (drop (f64.eq (f64.add (local.get 0) (local.get 0)) (f64.const 1)))";
    assert_eq!(in_body("(param f64)", body), ["F64Add"]);
}

#[test]
fn code_that_is_never_run_is_no_trouble() {
    for body in [
        "(unreachable) (f64.add) (global.set $g)",
        "(block (result f64) (br 0 (f64.const 1)) f64.add i32.const 0 br_if 0) (global.set $g)",
        "(loop (br 0) (f64.copysign) (drop))",
        "(return) (select) (f64.store)",
        "(block (result f64) (unreachable) (if (result f64) (then (unreachable) (f64.sqrt)) (else (f64.const 1)))) (global.set $g)",
    ] {
        in_body("(param f64)", body);
    }
}

#[test]
fn what_is_not_valid_is_refused_with_the_validators_words() {
    let wasm = wat::parse_str("(module (func (result f64) (i32.const 1)))").unwrap();
    let refused = canonical(&wasm).unwrap_err().to_string();
    assert!(refused.contains("type mismatch"), "{refused}");
    assert!(canonical(b"\0asm").is_err());
}

#[test]
fn a_function_with_all_the_locals_it_may_have_is_refused() {
    let text = format!(
        "(module (func (result f64) (local {}) (f64.sqrt (f64.const 2))))",
        "f64 ".repeat(49_999)
    );
    let refused = canonical(&wat::parse_str(text).unwrap()).unwrap_err();
    assert!(
        refused.to_string().contains("49999 local variables"),
        "{refused}"
    );
}
