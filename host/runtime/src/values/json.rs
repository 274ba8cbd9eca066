//! Results as JSON, in the shapes existing users parse: an enum is its name,
//! flags an array of names, an option its value or null, a result
//! `{"ok":…}` or `{"err":…}`, a variant `{"tag":…,"value":…}`.

use serde_json::{Map, Number, Value, json};
use wasmtime::component::Val;

/// The JSON form of a value. Numbers that JSON cannot carry (NaN, infinities)
/// become the strings `NaN`, `Infinity` and `-Infinity`; handles, which mean
/// nothing outside the call, become null.
#[must_use]
pub fn to_json(value: &Val) -> Value {
    let optional = |value: &Option<Box<Val>>| value.as_deref().map_or(Value::Null, to_json);
    match value {
        Val::Bool(v) => json!(v),
        Val::S8(v) => json!(v),
        Val::U8(v) => json!(v),
        Val::S16(v) => json!(v),
        Val::U16(v) => json!(v),
        Val::S32(v) => json!(v),
        Val::U32(v) => json!(v),
        Val::S64(v) => json!(v),
        Val::U64(v) => json!(v),
        // Through its shortest decimal form: 0.1 stays 0.1, not 0.10000000149.
        Val::Float32(v) => float(v.to_string().parse().unwrap_or(f64::from(*v))),
        Val::Float64(v) => float(*v),
        Val::Char(v) => json!(v),
        Val::String(v) | Val::Enum(v) => json!(v),
        Val::List(items) | Val::Tuple(items) | Val::FixedLengthList(items) => {
            items.iter().map(to_json).collect()
        }
        Val::Map(entries) => entries
            .iter()
            .map(|(key, value)| json!([to_json(key), to_json(value)]))
            .collect(),
        Val::Record(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), to_json(value)))
                .collect::<Map<_, _>>(),
        ),
        Val::Variant(tag, payload) => json!({ "tag": tag, "value": optional(payload) }),
        Val::Option(value) => optional(value),
        Val::Result(Ok(value)) => json!({ "ok": optional(value) }),
        Val::Result(Err(value)) => json!({ "err": optional(value) }),
        Val::Flags(names) => json!(names),
        Val::Resource(_) | Val::Future(_) | Val::Stream(_) | Val::ErrorContext(_) => Value::Null,
    }
}

fn float(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => json!("NaN"),
        None if value > 0.0 => json!("Infinity"),
        None => json!("-Infinity"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_users_parse() {
        let s32 = |n| Box::new(Val::S32(n));
        let cases = [
            (Val::S64(i64::MIN), "-9223372036854775808"),
            (Val::U64(u64::MAX), "18446744073709551615"),
            (Val::Float32(0.1), "0.1"),
            (Val::Float64(7.0), "7.0"),
            (Val::Float64(f64::NAN), "\"NaN\""),
            (Val::Float32(f32::NEG_INFINITY), "\"-Infinity\""),
            (Val::Char('é'), "\"é\""),
            (Val::Option(None), "null"),
            (Val::Option(Some(s32(1))), "1"),
            (Val::Result(Ok(Some(s32(1)))), r#"{"ok":1}"#),
            (Val::Result(Err(None)), r#"{"err":null}"#),
            (
                Val::Variant("a".into(), Some(s32(1))),
                r#"{"tag":"a","value":1}"#,
            ),
            (Val::Flags(vec!["r".into(), "w".into()]), r#"["r","w"]"#),
            (
                Val::Record(vec![
                    ("z".into(), Val::S32(1)),
                    ("a".into(), Val::Enum("x".into())),
                ]),
                r#"{"z":1,"a":"x"}"#,
            ),
        ];
        for (value, expected) in cases {
            assert_eq!(to_json(&value).to_string(), expected);
        }
    }
}
