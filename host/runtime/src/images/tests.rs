use super::{Apart, pattern};

fn module(data: &str, after: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            (core module $lib (memory (export "memory") 1) (data (i32.const 8) "first"))
            (core module $main
                (memory (export "memory") 2)
                (func (export "f") (result i32) (i32.load (i32.const 70000)))
                {data})
            (core instance (instantiate $lib))
            {after})"#
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn digest(data: &str) -> run_files::Digest {
    Apart::of(&module(data, "")).unwrap().digest()
}

fn contents(apart: &Apart<'_>) -> Vec<Vec<u8>> {
    let images = apart.images().iter().map(|image| {
        let mut contents = vec![1; image.size()];
        image.fill(&mut contents);
        contents
    });
    images.collect()
}

#[test]
fn contents_do_not_count_and_everything_else_does() {
    let one = digest(r#"(data (i32.const 70000) "abc")"#);
    for same in [
        r#"(data (i32.const 70000) "xyz and more")"#,
        r#"(data (i32.const 65536) "a") (data (i32.const 131071) "b")"#,
    ] {
        assert_eq!(digest(same), one, "{same}");
    }
    for other in [
        // Another page.
        r#"(data (i32.const 10) "abc")"#,
        r#"(data (i32.const 70000) "abc") (global i32 (i32.const 1))"#,
    ] {
        assert_ne!(digest(other), one, "{other}");
    }
    let more = module(
        r#"(data (i32.const 70000) "abc")"#,
        "(core module (func (result i32) i32.const 2))",
    );
    assert_ne!(Apart::of(&more).unwrap().digest(), one);
}

#[test]
fn later_segments_are_written_over_earlier_ones() {
    let wasm = module(
        r#"(data (i32.const 65536) "abcdef") (data (i32.const 65538) "XY")"#,
        "",
    );
    let apart = Apart::of(&wasm).unwrap();
    let [lib, main] = contents(&apart).try_into().expect("two have contents");
    assert_eq!(&lib[8..13], b"first");
    assert_eq!(&main[..6], b"abXYef");
    assert_eq!((lib.len(), main.len()), (1 << 16, 1 << 16));
}

#[test]
fn what_takes_their_place_is_valid_and_found_again() {
    let wasm = module(r#"(data (i32.const 70000) "abc")"#, "");
    let filled = Apart::of(&wasm).unwrap().with_patterns().unwrap();
    wasmparser::validate(&filled).unwrap();
    let again = Apart::of(&filled).unwrap();
    for (index, image) in contents(&again).into_iter().enumerate() {
        assert_eq!(image, pattern(index, 1 << 16));
    }
    assert_eq!(again.digest(), Apart::of(&wasm).unwrap().digest());
    assert_ne!(pattern(0, 64), pattern(1, 64));
}

#[test]
fn what_is_not_plain_stays() {
    for text in [
        r#"(module (memory 1) (data "passive"))"#,
        r#"(module (memory 1))"#,
        r#"(module (memory 1) (data (i32.const 65534) "out of bounds"))"#,
        r#"(module (memory i64 1) (data (i64.const 0) "a"))"#,
        r#"(module (import "a" "m" (memory 1)) (data (i32.const 0) "a"))"#,
        r#"(module (import "a" "g" (global i32)) (memory 1) (data (global.get 0) "a"))"#,
        r#"(module (memory 1000) (data (i32.const 0) "a") (data (i32.const 60000000) "b"))"#,
    ] {
        let nested = format!("(component (core {}", &text[1..]) + ")";
        let wasm = wat::parse_str(&nested).unwrap_or_else(|error| panic!("{error}\n{nested}"));
        let apart = Apart::of(&wasm).unwrap();
        assert!(apart.images().is_empty(), "{text}");
    }
    assert!(Apart::of(b"\0asm").is_none());
    assert!(Apart::of(b"\0asm\x0d\0\x01\0\x01\xff\xff").is_none());
}
