//! The list of files that cargo writes beside what it built.

/// The prerequisites of a `.d` file's rules, each once, in order. A space in a
/// path is written `\ `.
pub(crate) fn parse(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for line in text.lines() {
        let Some((_, prerequisites)) = line.split_once(": ") else {
            continue;
        };
        for path in words(prerequisites) {
            if !all.contains(&path) {
                all.push(path);
            }
        }
    }
    all
}

fn words(text: &str) -> Vec<String> {
    let (mut all, mut word) = (Vec::new(), String::new());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&' ') => word.extend(characters.next()),
            ' ' => all.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    all.push(word);
    all.retain(|word| !word.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_spaces_stay() {
        let text = "target/x\\ y/a.wasm: src/lib.rs src/two\\ words.rs wit/world.wit src/lib.rs\n";
        assert_eq!(
            parse(text),
            ["src/lib.rs", "src/two words.rs", "wit/world.wit"]
        );
        assert_eq!(parse("a.wasm:\n"), [""; 0]);
        assert_eq!(parse(""), [""; 0]);
    }
}
