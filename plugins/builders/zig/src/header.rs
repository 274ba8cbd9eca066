//! From the C header of generated bindings to Zig declarations of the same
//! types and functions.
//!
//! `zig translate-c` does this for any header, and first compiles itself for
//! the better part of a minute. A generated header holds only structures,
//! unions, typedefs, functions and numeric constants; what else it should ever
//! hold is an error here, not a guess.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::tokens::{self, Token};

/// A header as Zig.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// The source of a Zig file that declares all of it.
    pub(crate) zig: String,
    /// The functions by name, each as a Zig signature.
    pub(crate) functions: BTreeMap<String, String>,
}

impl Header {
    /// Translates a header; the error is what it could not make sense of.
    pub(crate) fn translate(text: &str) -> Result<Self, String> {
        let tokens = tokens::read(text);
        let mut reader = Reader {
            tokens: &tokens,
            docs: String::new(),
            opaque: BTreeSet::new(),
            header: Self::default(),
        };
        while !reader.tokens.is_empty() {
            reader.declaration()?;
        }
        Ok(reader.header)
    }
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    /// Comments seen since the last declaration.
    docs: String,
    /// Structures that the user defines.
    opaque: BTreeSet<&'a str>,
    header: Header,
}

impl<'a> Reader<'a> {
    fn declaration(&mut self) -> Result<(), String> {
        match self.tokens.first() {
            Some(Token::Comment(text)) => {
                writeln!(self.docs, "/// {text}").ok();
                self.skip();
            }
            Some(Token::Define(name, value)) => {
                let docs = std::mem::take(&mut self.docs);
                writeln!(self.header.zig, "{docs}pub const {name} = {value};").ok();
                self.skip();
            }
            Some(Token::Word("typedef")) => {
                self.skip();
                self.typedef()?;
            }
            Some(Token::Word("extern")) => self.skip(),
            Some(_) => self.function()?,
            None => {}
        }
        Ok(())
    }

    fn typedef(&mut self) -> Result<(), String> {
        let docs = std::mem::take(&mut self.docs);
        let target = if self.eat("struct") {
            let tag = match self.tokens.first() {
                Some(Token::Word(_)) => Some(self.word()?),
                _ => None,
            };
            match (tag, self.tokens.first()) {
                // Whoever implements an exported resource says what it is.
                (Some(tag), Some(Token::Word(_))) => {
                    self.opaque.insert(tag);
                    "opaque {}".to_owned()
                }
                _ => format!("extern struct {}", self.body()?),
            }
        } else {
            self.kind()?
        };
        let name = self.word()?;
        self.expect(";")?;
        writeln!(self.header.zig, "{docs}pub const {name} = {target};").ok();
        Ok(())
    }

    /// `{ … }` of a structure or a union.
    fn body(&mut self) -> Result<String, String> {
        self.expect("{")?;
        let mut out = String::from("{\n");
        while !self.eat("}") {
            if let Some(Token::Comment(text)) = self.tokens.first() {
                writeln!(out, "    /// {text}").ok();
                self.skip();
                continue;
            }
            let kind = match self.eat("union") {
                true => format!("extern union {}", self.body()?.replace('\n', "\n    ")),
                false => self.kind()?,
            };
            let name = identifier(self.word()?);
            self.expect(";")?;
            writeln!(out, "    {name}: {kind},").ok();
        }
        out.push('}');
        Ok(out)
    }

    fn function(&mut self) -> Result<(), String> {
        let docs = std::mem::take(&mut self.docs);
        let result = self.kind()?;
        let name = self.word()?;
        self.expect("(")?;
        let mut parameters = Vec::new();
        while !self.eat(")") {
            let kind = self.kind()?;
            if kind == "void" && parameters.is_empty() {
                continue;
            }
            let name = match self.tokens.first() {
                Some(Token::Word(_)) => identifier(self.word()?),
                _ => "_".to_owned(),
            };
            parameters.push((name, kind));
            self.eat(",");
        }
        self.expect(";")?;
        let named: Vec<_> = parameters
            .iter()
            .map(|(name, kind)| format!("{name}: {kind}"))
            .collect();
        let signature = format!("fn {name}({}) {result}", named.join(", "));
        // Without names: a parameter may not be called as a declaration is.
        let kinds: Vec<_> = parameters.iter().map(|(_, kind)| kind.as_str()).collect();
        writeln!(
            self.header.zig,
            "{docs}pub extern fn {name}({}) {result};",
            kinds.join(", ")
        )
        .ok();
        self.header.functions.insert(name.to_owned(), signature);
        Ok(())
    }

    /// A type, with the `*` after it.
    fn kind(&mut self) -> Result<String, String> {
        let constant = self.eat("const");
        let word = self.word()?;
        let is_opaque = self.opaque.contains(word);
        let mut kind = scalar(word).to_owned();
        let mut constant = if constant { "const " } else { "" };
        while self.eat("*") {
            kind = match kind.as_str() {
                "void" => format!("?*{constant}anyopaque"),
                _ if is_opaque => format!("*{constant}{kind}"),
                _ => format!("[*c]{constant}{kind}"),
            };
            constant = "";
        }
        Ok(kind)
    }

    fn skip(&mut self) {
        self.tokens = self.tokens.get(1..).unwrap_or_default();
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = matches!(
            self.tokens.first(),
            Some(Token::Word(word) | Token::Sign(word)) if *word == text
        );
        if found {
            self.skip();
        }
        found
    }

    fn expect(&mut self, text: &str) -> Result<(), String> {
        match self.eat(text) {
            true => Ok(()),
            false => Err(self.unexpected(text)),
        }
    }

    fn word(&mut self) -> Result<&'a str, String> {
        match self.tokens.first() {
            Some(Token::Word(word)) => {
                self.skip();
                Ok(word)
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    fn unexpected(&self, wanted: &str) -> String {
        let found: Vec<_> = self.tokens.iter().take(6).map(Token::text).collect();
        format!("expected `{wanted}`, found `{}`", found.join(" "))
    }
}

fn scalar(name: &str) -> &str {
    match name {
        "uint8_t" | "char" => "u8",
        "int8_t" => "i8",
        "uint16_t" => "u16",
        "int16_t" => "i16",
        "uint32_t" => "u32",
        "int32_t" => "i32",
        "uint64_t" => "u64",
        "int64_t" => "i64",
        "size_t" => "usize",
        "float" => "f32",
        "double" => "f64",
        other => other,
    }
}

/// The name as Zig takes it whatever it is.
fn identifier(name: &str) -> String {
    let plain = name.len() > 1
        && !RESERVED.contains(&name)
        && !name
            .strip_prefix(['i', 'u', 'f'])
            .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    if plain || (name.len() == 1 && name != "_") {
        name.to_owned()
    } else {
        format!("@\"{name}\"")
    }
}

const RESERVED: &[&str] = &[
    "addrspace",
    "align",
    "allowzero",
    "and",
    "anyerror",
    "anyframe",
    "anyopaque",
    "anytype",
    "asm",
    "async",
    "await",
    "bool",
    "break",
    "callconv",
    "catch",
    "comptime",
    "comptime_float",
    "comptime_int",
    "const",
    "continue",
    "defer",
    "else",
    "enum",
    "errdefer",
    "error",
    "export",
    "extern",
    "false",
    "fn",
    "for",
    "if",
    "inline",
    "isize",
    "linksection",
    "noalias",
    "noinline",
    "noreturn",
    "nosuspend",
    "null",
    "opaque",
    "or",
    "orelse",
    "packed",
    "pub",
    "resume",
    "return",
    "struct",
    "suspend",
    "switch",
    "test",
    "threadlocal",
    "true",
    "try",
    "type",
    "undefined",
    "union",
    "unreachable",
    "usize",
    "usingnamespace",
    "var",
    "void",
    "volatile",
    "while",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_header_declares_is_declared_in_zig() {
        let header = Header::translate(
            r#"
            #ifndef X_H
            #define X_H
            #ifdef __cplusplus
            extern "C" {
            #endif
            #include <stdint.h>

            typedef struct w_string_t {
              uint8_t *ptr;
              size_t len;
            } w_string_t;

            // A colour.
            typedef uint8_t w_colour_t;
            #define W_COLOUR_RED 0
            #define W_FLAG (1 << 3)

            typedef struct {
              bool is_err;
              union {
                uint32_t ok;
                w_string_t error;
              } val;
            } w_result_t;
            typedef struct w_thing_t w_thing_t;
            typedef w_thing_t* w_borrow_thing_t;

            extern bool w_find(w_string_t *name, const uint8_t *type, w_result_t *ret);
            void exports_w_run(void);
            w_thing_t* exports_w_rep(int32_t handle);
            #ifdef __cplusplus
            }
            #endif
            #endif
            "#,
        )
        .unwrap();
        for expected in [
            "pub const w_string_t = extern struct {\n    ptr: [*c]u8,\n    len: usize,\n};",
            "/// A colour.\npub const w_colour_t = u8;",
            "pub const W_COLOUR_RED = 0;",
            "pub const W_FLAG = (1 << 3);",
            "    val: extern union {\n        ok: u32,\n        @\"error\": w_string_t,\n    },",
            "pub const w_thing_t = opaque {};",
            "pub const w_borrow_thing_t = *w_thing_t;",
            "pub extern fn w_find([*c]w_string_t, [*c]const u8, [*c]w_result_t) bool;",
            "pub extern fn exports_w_run() void;",
        ] {
            assert!(
                header.zig.contains(expected),
                "{expected}\n--- in\n{}",
                header.zig
            );
        }
        assert_eq!(
            header.functions["w_find"],
            "fn w_find(name: [*c]w_string_t, @\"type\": [*c]const u8, ret: [*c]w_result_t) bool"
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let error = Header::translate("typedef enum x { A, B } x_t;").unwrap_err();
        assert!(error.contains("expected"), "{error}");
    }
}
