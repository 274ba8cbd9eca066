//! Results as JUnit XML, in the form that CI servers agree on: `testsuites`, a
//! `testsuite` for each component, `testcase`, `failure`, `system-out`,
//! `system-err` (github.com/testmoapp/junitxml describes the common ground).

use std::fmt::Write as _;
use std::time::Duration;

use super::case::{Case, Verdict};

/// The whole document.
pub(super) fn document(cases: &[Case], verdicts: &[Verdict]) -> String {
    let results: Vec<_> = cases.iter().zip(verdicts).collect();
    let mut components: Vec<&str> = Vec::new();
    for case in cases {
        if !components.contains(&case.component.as_str()) {
            components.push(&case.component);
        }
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    open(&mut out, "", "testsuites", "run v2 test", &results);
    for component in components {
        let own: Vec<_> = results
            .iter()
            .filter(|(case, _)| case.component == component)
            .copied()
            .collect();
        open(&mut out, "  ", "testsuite", component, &own);
        for (case, verdict) in own {
            testcase(&mut out, case, verdict);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn open(out: &mut String, indent: &str, tag: &str, name: &str, results: &[(&Case, &Verdict)]) {
    let failures = results.iter().filter(|(_, verdict)| !verdict.passed());
    let time: Duration = results.iter().map(|(_, verdict)| verdict.took).sum();
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        out,
        "{indent}<{tag} name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.6}\">",
        escaped(name),
        results.len(),
        failures.count(),
        time.as_secs_f64()
    );
}

fn testcase(out: &mut String, case: &Case, verdict: &Verdict) {
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" time=\"{:.6}\">",
        escaped(&case.name),
        escaped(&case.component),
        verdict.took.as_secs_f64()
    );
    if let Some(reason) = &verdict.failure {
        let mut text = reason.line.clone();
        for line in &reason.detail {
            text.push('\n');
            text.push_str(line);
        }
        let _ = write!(
            out,
            "\n      <failure message=\"{}\" type=\"failure\">{}</failure>",
            escaped(&reason.line),
            escaped(&text)
        );
    }
    for (tag, written) in [
        ("system-out", &verdict.stdout),
        ("system-err", &verdict.stderr),
    ] {
        if !written.is_empty() {
            let _ = write!(out, "\n      <{tag}>{}</{tag}>", escaped(written));
        }
    }
    let has_children =
        !verdict.passed() || !verdict.stdout.is_empty() || !verdict.stderr.is_empty();
    out.push_str(if has_children {
        "\n    </testcase>\n"
    } else {
        "</testcase>\n"
    });
}

/// Text that is text in an attribute and between tags. What XML 1.0 cannot hold
/// at all (section 2.2, `Char`) becomes U+FFFD; line ends are spelt out, which
/// readers would otherwise turn into spaces in attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn hostile_text_stays_text() {
        for (text, expected) in [
            ("<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;&amp;&apos;"),
            ("]]>", "]]&gt;"),
            ("a\u{1b}[2J\0b", "a\u{fffd}[2J\u{fffd}b"),
            ("a\r\n\tb", "a&#13;&#10;&#9;b"),
            ("\u{fffe}\u{ffff}é😀", "\u{fffd}\u{fffd}é😀"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
