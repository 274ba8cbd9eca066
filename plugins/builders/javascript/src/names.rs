//! Names of WIT as JavaScript writes them.

/// `get-stdout` → `getStdout`.
pub(crate) fn camel(name: &str) -> String {
    let mut out = String::new();
    for (index, word) in name.split('-').enumerate() {
        let lower = word.to_ascii_lowercase();
        if index == 0 {
            out.push_str(&lower);
        } else {
            out.push_str(&upper_first(&lower));
        }
    }
    out
}

/// `output-stream` → `OutputStream`.
pub(crate) fn pascal(name: &str) -> String {
    name.split('-')
        .map(|word| upper_first(&word.to_ascii_lowercase()))
        .collect()
}

fn upper_first(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined() {
        assert_eq!(camel("get-stdout"), "getStdout");
        assert_eq!(camel("run"), "run");
        assert_eq!(pascal("output-stream"), "OutputStream");
    }
}
