//! The words of a generated C header.

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A name, a keyword or a number.
    Word(&'a str),
    /// A sign of one character.
    Sign(&'a str),
    /// The text of a comment's line.
    Comment(&'a str),
    /// `#define NAME VALUE`.
    Define(&'a str, &'a str),
}

impl Token<'_> {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Sign(text) | Self::Comment(text) | Self::Define(text, _) => {
                text
            }
        }
    }
}

/// All words, without what the preprocessor takes out: what is for C++, guards
/// and includes.
pub(crate) fn read(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut for_cplusplus = false;
    for line in text.lines() {
        let line = line.trim();
        if let Some(directive) = line.strip_prefix('#') {
            let directive = directive.trim_start();
            match directive.split_once(char::is_whitespace) {
                Some(("ifdef", "__cplusplus")) => for_cplusplus = true,
                Some(("define", rest)) if !for_cplusplus => {
                    if let Some((name, value)) = rest.trim().split_once(char::is_whitespace) {
                        tokens.push(Token::Define(name, value.trim()));
                    }
                }
                _ if directive == "endif" => for_cplusplus = false,
                _ => {}
            }
        } else if !for_cplusplus {
            words(line, &mut tokens);
        }
    }
    tokens
}

fn words<'a>(mut line: &'a str, tokens: &mut Vec<Token<'a>>) {
    loop {
        line = line.trim_start();
        let Some(first) = line.chars().next() else {
            return;
        };
        if let Some(comment) = line.strip_prefix("//") {
            tokens.push(Token::Comment(comment.trim_start_matches('/').trim()));
            return;
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = match is_word(first) {
            true => line.find(|c| !is_word(c)).unwrap_or(line.len()),
            false => first.len_utf8(),
        };
        let (token, rest) = line.split_at(end);
        tokens.push(match is_word(first) {
            true => Token::Word(token),
            false => Token::Sign(token),
        });
        line = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_c_sees_is_read() {
        let text =
            "#ifdef __cplusplus\nextern \"C\" {\n#endif\n#define GUARD\n#define A 1\nint* x; // y";
        assert_eq!(
            read(text),
            [
                Token::Define("A", "1"),
                Token::Word("int"),
                Token::Sign("*"),
                Token::Word("x"),
                Token::Sign(";"),
                Token::Comment("y"),
            ]
        );
    }
}
