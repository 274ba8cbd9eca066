//! What is deployed to Fastly in tests, and what comes of it.

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::{Account, Package, assert_known, form};
use crate::Outcome;
use crate::edge::{Answer, Platform, Project, Recorded, Request};

/// What it is sent as.
pub const TOKEN: &str = "fastly-token-0123456789";
/// The value of the secret `PASSWORD`.
pub const SECRET: &str = "s3cret \"ü\"";

/// An account whose next requests can be made to fail.
pub struct Shop {
    /// What is deployed.
    pub project: Project,
    /// Where to.
    pub platform: Platform,
    fault: Arc<Mutex<Option<(&'static str, Answer)>>>,
}

impl Shop {
    /// With these options.
    ///
    /// # Panics
    /// It cannot be made.
    #[must_use]
    pub fn new(options: &str) -> Self {
        Self::of(crate::edge::handler(), options)
    }

    /// With another component.
    ///
    /// # Panics
    /// It cannot be made.
    #[must_use]
    pub fn of(component: &Path, options: &str) -> Self {
        let fault: Arc<Mutex<Option<(&'static str, Answer)>>> = Arc::default();
        let (next, account) = (fault.clone(), Account::serve());
        let platform = Platform::start(move |request: &Request| {
            let mut next = next.lock().expect("no test panicked");
            let fails = next
                .as_ref()
                .is_some_and(|(line, _)| request.line() == *line);
            match next.take_if(|_| fails) {
                Some((_, answer)) => answer,
                None => account(request),
            }
        });
        let url = platform.url();
        let environment = [
            ("FASTLY_API_ENDPOINT", url.as_str()),
            ("FASTLY_API_TOKEN", TOKEN),
            ("PASSWORD", SECRET),
        ];
        Self {
            project: Project::new(component, "fastly", options, &environment),
            platform,
            fault,
        }
    }

    /// Lets the next request of this line be answered so.
    ///
    /// # Panics
    /// The server panicked.
    pub fn fail(&self, line: &'static str, answer: Answer) {
        *self.fault.lock().expect("no test panicked") = Some((line, answer));
    }

    /// Deploys. Nothing answers at the service's address, and so the host says
    /// in the end; what is before that is the platform's.
    ///
    /// # Panics
    /// It prints what nobody may see.
    #[must_use]
    pub fn deploy(&self) -> Outcome {
        let outcome = self.project.deploy(&["--yes", "--wait", "1s"]);
        for (what, text) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)] {
            assert!(
                !text.contains(TOKEN) && !text.contains(SECRET),
                "{what}: {text}"
            );
        }
        outcome
    }

    /// What came that may have changed something: nothing that the platform's own
    /// command does not send.
    ///
    /// # Panics
    /// It does not.
    #[must_use]
    #[track_caller]
    pub fn changes(&self) -> Vec<Request> {
        let mut sent = self.platform.take();
        sent.retain(|request| request.method != "GET");
        assert_known(&sent);
        sent
    }

    /// Makes it another artifact, which does the same.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn touch(&self) {
        let path = self.project.scratch().path().join("handler.wasm");
        let mut bytes = std::fs::read(&path).expect("no test panicked");
        // A custom section without content.
        bytes.extend([0, 2, 1, b'x']);
        std::fs::write(path, bytes).expect("no test panicked");
    }
}

/// Verbs and paths.
#[must_use]
pub fn lines(requests: &[Request]) -> Vec<String> {
    requests.iter().map(Request::line).collect()
}

/// The same requests with the same content, but for what is ours to say.
///
/// # Panics
/// They are not.
#[track_caller]
pub fn assert_same(sent: &[Request], theirs: &[Recorded]) {
    let theirs: Vec<_> = theirs.iter().filter(|r| r.changes()).collect();
    let expected: Vec<_> = theirs.iter().map(|r| r.line()).collect();
    assert_eq!(lines(sent), expected);
    for (sent, theirs) in sent.iter().zip(theirs) {
        let line = sent.line();
        let fields = form(sent);
        for (name, value) in &theirs.form {
            let ours = fields.iter().find(|(field, _)| field == name);
            let (_, ours) = ours.unwrap_or_else(|| panic!("{line} has no {name}"));
            if name != "comment" {
                assert_eq!(ours, value, "{line}: {name}");
            }
        }
        let more = fields
            .iter()
            .filter(|(name, _)| !theirs.form.contains_key(name));
        let more: Vec<_> = more
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let ours: &[_] = if line.ends_with("/backend") {
            &[("use_ssl", "1")]
        } else {
            &[]
        };
        assert_eq!(more, ours, "{line}");
        if let Some(part) = theirs.parts.first() {
            let package = Package::of(sent);
            assert_eq!(part["name"], "package");
            assert_eq!(part["filename"], package.file.as_str());
        }
    }
}

/// What a component imports, by name.
///
/// # Panics
/// It is none, or imports nothing.
#[must_use]
pub fn imports(component: &[u8]) -> Vec<String> {
    let mut depth = 0u32;
    let mut names = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(component) {
        match payload.expect("a component") {
            wasmparser::Payload::ModuleSection { .. }
            | wasmparser::Payload::ComponentSection { .. } => depth += 1,
            wasmparser::Payload::End(_) => depth = depth.saturating_sub(1),
            wasmparser::Payload::ComponentImportSection(section) if depth == 0 => {
                names.extend(
                    section
                        .into_iter()
                        .map(|i| i.expect("a name").name.name.to_owned()),
                );
            }
            _ => {}
        }
    }
    assert!(!names.is_empty());
    names
}
