//! Texts that nobody may see: how they are written into a request, and how they
//! are taken out of an answer.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret text; its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes it in.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever sends it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// As it is written with an encoding.
    pub(crate) fn written(&self, encoding: Encoding) -> String {
        match encoding {
            Encoding::Raw => self.0.clone(),
            Encoding::Json => {
                let quoted = serde_json::Value::from(self.0.as_str()).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Encoding::Form => form(&self.0),
            Encoding::Base64 => STANDARD.encode(&self.0),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How a secret is written into a body; the contract's `encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Raw,
    Json,
    Form,
    Base64,
}

/// `application/x-www-form-urlencoded`, of the URL standard: everything but
/// letters, digits and `*-._` is percent-encoded, a space is `+`.
fn form(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b' ' => out.push('+'),
            b if b.is_ascii_alphanumeric() || b"*-._".contains(&b) => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
        out
    })
}

/// What stands where a secret was.
const HIDDEN: &[u8] = b"***";

/// Shorter secrets are not looked for: `***` would stand all over an answer.
const SHORTEST: usize = 6;

/// Takes secrets out of what a server answers, in each way they may be written.
#[derive(Clone, Default)]
pub(crate) struct Mask(Vec<Vec<u8>>);

impl Mask {
    pub(crate) fn new<'s>(secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        let mut forms = Vec::new();
        for secret in secrets {
            if secret.0.len() < SHORTEST {
                continue;
            }
            let encodings = [Encoding::Raw, Encoding::Json, Encoding::Form];
            forms.extend(encodings.map(|encoding| secret.written(encoding)));
            forms.push(secret.written(Encoding::Form).replace('+', "%20"));
            // Without the end, so that it is found with and without padding.
            forms.push(STANDARD_NO_PAD.encode(&secret.0));
            forms.push(URL_SAFE_NO_PAD.encode(&secret.0));
        }
        forms.sort();
        forms.dedup();
        // What contains another is hidden whole.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self(forms.into_iter().map(String::into_bytes).collect())
    }

    /// The bytes without secrets.
    pub(crate) fn hide<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let mut out = Cow::Borrowed(bytes);
        for form in &self.0 {
            let mut places = memchr::memmem::find_iter(&out, form).peekable();
            if places.peek().is_none() {
                continue;
            }
            let mut clean = Vec::with_capacity(out.len());
            let mut from = 0;
            for at in places {
                clean.extend_from_slice(&out[from..at]);
                clean.extend_from_slice(HIDDEN);
                from = at + form.len();
            }
            clean.extend_from_slice(&out[from..]);
            out = Cow::Owned(clean);
        }
        out
    }

    /// The text without secrets.
    pub(crate) fn hide_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.hide(text.as_bytes())).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_written_in_four_ways() {
        let secret = Secret::new("a \"b\"\n+é");
        for (encoding, written) in [
            (Encoding::Raw, "a \"b\"\n+é"),
            (Encoding::Json, "a \\\"b\\\"\\n+é"),
            (Encoding::Form, "a+%22b%22%0A%2B%C3%A9"),
            (Encoding::Base64, "YSAiYiIKK8Op"),
        ] {
            assert_eq!(secret.written(encoding), written);
        }
        assert_eq!(format!("{secret:?}"), "***");
    }

    #[test]
    fn an_answer_has_no_secret_however_it_is_written() {
        let secret = Secret::new("hunter \"2\"");
        let mask = Mask::new([&secret]);
        for written in [
            "hunter \"2\"",
            "hunter \\\"2\\\"",
            "hunter+%222%22",
            "hunter%20%222%22",
            &STANDARD.encode(secret.expose()),
        ] {
            let hidden = mask.hide_text(&format!("<{written}|{written}>"));
            assert!(!hidden.contains(written), "{hidden}");
            assert!(hidden.starts_with("<***"), "{hidden}");
        }
        assert_eq!(mask.hide(b"nothing"), &b"nothing"[..]);
        let short = Mask::new([&Secret::new("true")]);
        assert_eq!(short.hide(b"true"), &b"true"[..]);
    }
}
