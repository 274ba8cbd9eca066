//! `reads` of a `[[host]]`: requests other than GET and HEAD that change nothing.

use http::{HeaderMap, HeaderName};

/// `POST /v1/*/search`, or `POST / x-call=List` where one path is for many calls
/// and a header says which is meant.
pub(super) struct Read<'t> {
    pub(super) method: &'t str,
    /// A `*` is one step of it.
    pub(super) path: &'t str,
    header: Option<(HeaderName, &'t str)>,
}

impl<'t> Read<'t> {
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let mut words = text.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let header = match words.next() {
            None => None,
            Some(word) => {
                let (name, value) = word.split_once('=')?;
                Some((name.parse().ok()?, Some(value).filter(|v| !v.is_empty())?))
            }
        };
        words.next().is_none().then_some(Self {
            method,
            path,
            header,
        })
    }

    pub(super) fn is(&self, method: &str, path: &str, headers: &HeaderMap) -> bool {
        self.method == method && self.is_path(path) && self.is_call(headers)
    }

    fn is_path(&self, path: &str) -> bool {
        let (mut steps, mut wanted) = (path.split('/'), self.path.split('/'));
        loop {
            match (steps.next(), wanted.next()) {
                (None, None) => return true,
                (Some(step), Some("*")) if !step.is_empty() => {}
                (Some(step), Some(wanted)) if step == wanted => {}
                _ => return false,
            }
        }
    }

    /// There is the header once, and with this value: of two, nobody knows which
    /// one the other end takes.
    fn is_call(&self, headers: &HeaderMap) -> bool {
        let Some((name, wanted)) = &self.header else {
            return true;
        };
        let mut values = headers.get_all(name).iter();
        let found = values.next().map(http::HeaderValue::as_bytes);
        found == Some(wanted.as_bytes()) && values.next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let name = HeaderName::from_static("x-call");
        let pair = |value: &&str| (name.clone(), value.parse().unwrap());
        let mut headers = HeaderMap::new();
        for (name, value) in values.iter().map(pair) {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn paths_match_by_whole_steps() {
        let read = Read::parse("POST /v4/*/search").unwrap();
        for (method, path, expected) in [
            ("POST", "/v4/a/search", true),
            ("PUT", "/v4/a/search", false),
            ("POST", "/v4/a/b/search", false),
            ("POST", "/v4//search", false),
            ("POST", "/v4/a/search/x", false),
        ] {
            let found = read.is(method, path, &headers(&[]));
            assert_eq!(found, expected, "{method} {path}");
        }
    }

    #[test]
    fn a_header_says_which_call_is_meant() {
        let read = Read::parse("POST / X-Call=Acme.List").unwrap();
        for (values, expected) in [
            (&["Acme.List"][..], true),
            (&[], false),
            (&["Acme.Delete"], false),
            (&["acme.list"], false),
            (&["Acme.List", "Acme.Delete"], false),
        ] {
            assert_eq!(
                read.is("POST", "/", &headers(values)),
                expected,
                "{values:?}"
            );
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "POST",
            "POST / x-call",
            "POST / x-call=",
            "POST / =x",
            "POST / a=b c=d",
        ] {
            assert!(Read::parse(text).is_none(), "{text}");
        }
    }
}
