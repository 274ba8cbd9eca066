//! `run v2 doctor`: one page on what is there, what is missing, what to type.

mod directories;
mod findings;
mod sections;

use std::process::ExitCode;

use serde_json::json;

use crate::failure::{FAILED, Failure};
use crate::shell::Shell;
use findings::{Level, Section};

pub(crate) fn run(shell: &Shell) -> Result<ExitCode, Failure> {
    let sections = sections::all()?;
    let count = |level: Level| {
        let findings = sections.iter().flat_map(|section| &section.findings);
        findings.filter(|finding| finding.level == level).count()
    };
    let (missing, advice) = (count(Level::Missing), count(Level::Advice));
    if shell.json() {
        let sections: Vec<_> = sections.iter().map(Section::as_json).collect();
        let document = json!({
            "ok": missing == 0,
            "version": env!("CARGO_PKG_VERSION"),
            "platform": run_project::lock::platform(),
            "sections": sections,
        });
        shell.out(&document.to_string());
    } else {
        for section in &sections {
            shell.out(&section.text(shell));
        }
        shell.out(&verdict(missing, advice));
    }
    Ok(if missing == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

fn verdict(missing: usize, advice: usize) -> String {
    let things = |n: usize| {
        if n == 1 {
            "1 thing".to_owned()
        } else {
            format!("{n} things")
        }
    };
    match (missing, advice) {
        (0, 0) => "Everything this project needs is there.".to_owned(),
        (0, n) => format!(
            "Everything this project needs is there; {} could be better.",
            things(n)
        ),
        (n, _) => format!("{} to mend; what to type is beside the `→`.", things(n)),
    }
}
