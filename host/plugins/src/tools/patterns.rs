//! Which argument lists a plugin may hand to a tool.

use globset::{GlobBuilder, GlobMatcher};

use crate::manifest::{CommandPattern, Tool};

/// The first of the tool's patterns that allows `arguments`, in guest form.
///
/// # Errors
/// A sentence that names the word or the list that is not allowed.
pub(crate) fn allow<'t>(
    tool: &'t Tool,
    arguments: &[String],
) -> Result<&'t CommandPattern, String> {
    let pattern = tool
        .commands
        .iter()
        .find(|pattern| {
            let words: Vec<_> = pattern.arguments.split_whitespace().collect();
            matches(&words, arguments)
        })
        .ok_or_else(|| {
            format!(
                "it ran `{} {}`, and its manifest declares no such command",
                tool.id,
                arguments.join(" ")
            )
        })?;
    for denied in &pattern.deny {
        if let Some(word) = arguments.iter().find(|word| matches_word(denied, word)) {
            return Err(format!(
                "it passed `{word}` to `{}`, and its manifest denies `{denied}`",
                tool.id
            ));
        }
    }
    Ok(pattern)
}

fn matches(pattern: &[&str], arguments: &[String]) -> bool {
    match (pattern, arguments) {
        ([], []) => true,
        (["**", rest @ ..], _) => {
            matches(rest, arguments)
                || arguments
                    .split_first()
                    .is_some_and(|(_, others)| matches(pattern, others))
        }
        ([word, rest @ ..], [argument, others @ ..]) => {
            matches_word(word, argument) && matches(rest, others)
        }
        _ => false,
    }
}

fn matches_word(pattern: &str, word: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == word;
    }
    glob(pattern).is_some_and(|glob| glob.is_match(word))
}

/// Only `*` is special: the words are arguments, not file names.
fn glob(pattern: &str) -> Option<GlobMatcher> {
    let escaped: String = pattern
        .chars()
        .flat_map(|c| {
            let special = matches!(c, '?' | '[' | ']' | '{' | '}' | '\\');
            special.then_some('\\').into_iter().chain([c])
        })
        .collect();
    GlobBuilder::new(&escaped)
        .literal_separator(false)
        .backslash_escape(true)
        .build()
        .ok()
        .map(|glob| glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(arguments: &str, deny: &[&str]) -> Tool {
        toml::from_str(&format!(
            "id = 'elmc'\nprogram = 'elmc'\nwhy = ''\n[[command]]\narguments = '{arguments}'\ndeny = {deny:?}"
        ))
        .unwrap()
    }

    #[test]
    fn only_declared_commands_pass() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (pattern, deny, given, passes) in [
            ("build **", &[][..], "build", true),
            ("build **", &[], "build -o /out/x y", true),
            ("build **", &[], "run x", false),
            ("build **", &[], "x build", false),
            ("build * --fast", &[], "build a --fast", true),
            ("build * --fast", &[], "build a b --fast", false),
            ("build ** --end", &[], "build a b --end", true),
            ("build --opt=*", &[], "build --opt=a/b", true),
            ("build --opt=*", &[], "build --other", false),
            ("build **", &["--eval"], "build --eval", false),
            ("build **", &["--eval*"], "build x --evaluate=1", false),
            ("build **", &["--eval"], "build --evaluate", true),
            ("build [a]", &[], "build [a]", true),
            ("build [a]*", &[], "build a", false),
        ] {
            let result = allow(&tool(pattern, deny), &words(given)).is_ok();
            assert_eq!(result, passes, "{pattern} / {given}");
        }
    }
}
