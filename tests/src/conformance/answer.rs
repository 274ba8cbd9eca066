//! What a handler answers, wherever it runs.

use super::case::Request;

/// An answer, as far as a case can say one.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    /// Compares it with what the request's case says.
    pub(super) fn is_expected(&self, request: &Request) -> Result<(), String> {
        let Self {
            status,
            headers,
            body,
        } = self;
        if *status != request.status {
            return Err(format!("{status} is not {}: {body}", request.status));
        }
        for (name, value) in &request.headers {
            let found = headers.iter().find(|(found, _)| found == name);
            if found.map(|(_, found)| found) != Some(value) {
                return Err(format!("`{name}: {value}` is not in {headers:?}"));
            }
        }
        if *body != request.body {
            return Err(format!("{body:?} is not {:?}", request.body));
        }
        Ok(())
    }
}
