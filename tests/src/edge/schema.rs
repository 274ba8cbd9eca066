//! As much of JSON Schema as is made from TypeScript's types: enough to say
//! where a value is not of a type, and nothing that is not checked is let pass.

use serde_json::Value;

/// What may stand in a schema without being looked at.
const SILENT: &[&str] = &["$schema", "definitions", "format"];

/// Whether `value` is of `schema`.
///
/// # Errors
/// The first place where it is not.
///
/// # Panics
/// The schema says something that is not understood here.
pub fn check(schema: &Value, value: &Value) -> Result<(), String> {
    of(schema, schema, value, "$")
}

fn of(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let rules = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Object(rules) => rules,
        other => panic!("a schema that is {other}"),
    };
    for (rule, of_rule) in rules {
        match rule.as_str() {
            "$ref" => {
                let name = of_rule
                    .as_str()
                    .and_then(|r| r.strip_prefix("#/definitions/"));
                let name = name.unwrap_or_else(|| panic!("{of_rule}"));
                of(root, &root["definitions"][name], value, at)?;
            }
            "anyOf" => any(root, of_rule, value, at)?,
            "const" if of_rule != value => return Err(format!("{at}: is not {of_rule}")),
            "enum" if !list(of_rule).contains(value) => {
                return Err(format!("{at}: is none of {of_rule}"));
            }
            "type" if !is_of_type(of_rule, value) => {
                return Err(format!("{at}: is no {of_rule}"));
            }
            "required" => {
                let missing = list(of_rule)
                    .iter()
                    .find(|name| value.is_object() && value.get(text(name)).is_none());
                if let Some(name) = missing {
                    return Err(format!("{at}: has no {name}"));
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    of(root, of_rule, item, &format!("{at}[{index}]"))?;
                }
            }
            "properties" | "additionalProperties" => properties(root, rules, value, at)?,
            "const" | "enum" | "type" => {}
            other => assert!(SILENT.contains(&other), "the schema says `{other}`"),
        }
    }
    Ok(())
}

fn any(root: &Value, schemas: &Value, value: &Value, at: &str) -> Result<(), String> {
    let mut why = Vec::new();
    for schema in list(schemas) {
        match of(root, schema, value, at) {
            Ok(()) => return Ok(()),
            Err(error) => why.push(error),
        }
    }
    // The one that came furthest is what was meant.
    Err(why.into_iter().max_by_key(String::len).unwrap_or_default())
}

fn properties(
    root: &Value,
    rules: &serde_json::Map<String, Value>,
    value: &Value,
    at: &str,
) -> Result<(), String> {
    for (name, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        match (
            rules.get("properties").and_then(|p| p.get(name)),
            rules.get("additionalProperties"),
        ) {
            (Some(schema), _) => of(root, schema, inner, &at)?,
            (None, Some(Value::Bool(false))) => return Err(format!("{at}: is not known")),
            (None, Some(schema)) => of(root, schema, inner, &at)?,
            (None, None) => {}
        }
    }
    Ok(())
}

fn is_of_type(kind: &Value, value: &Value) -> bool {
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the type {other}"),
    };
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| is(text(kind))),
        kind => is(text(kind)),
    }
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
