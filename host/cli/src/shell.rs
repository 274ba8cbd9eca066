//! The only thing that prints.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::args::ColorChoice;

/// Where messages go and how they look.
#[derive(Clone)]
pub(crate) struct Shell {
    color: bool,
    verbose: bool,
    quiet: bool,
    terminal: bool,
    watched: bool,
    json: bool,
}

/// What is still to be written to stdout.
static HELD: Mutex<String> = Mutex::new(String::new());

fn held() -> MutexGuard<'static, String> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_out(held: &mut String) {
    if held.is_empty() {
        return;
    }
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(held.as_bytes());
    held.clear();
    if written.and_then(|()| stdout.flush()).is_err() {
        std::process::exit(0);
    }
}

impl Shell {
    pub(crate) fn new(color: ColorChoice, verbose: bool, quiet: bool, json: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            color: match color {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                ColorChoice::Auto => terminal && !plain,
            },
            verbose,
            quiet,
            terminal,
            watched: std::io::stdout().is_terminal(),
            json,
        }
    }

    /// Whether stdout is for a program: JSON and nothing else.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    pub(crate) fn color(&self) -> bool {
        self.color
    }

    /// Whether only errors are wanted.
    pub(crate) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Whether to draw progress that moves.
    pub(crate) fn live(&self) -> bool {
        self.terminal && !self.quiet && !self.verbose && !self.json
    }

    /// `   Compiled hello`: what was done, on stderr. With `--json` the document
    /// says it.
    pub(crate) fn status(&self, verb: &str, message: &str) {
        if !self.quiet && !self.json {
            self.err(&self.status_line(verb, message));
        }
    }

    pub(crate) fn status_line(&self, verb: &str, message: &str) -> String {
        format!("{} {message}", self.paint("1;32", &format!("{verb:>12}")))
    }

    /// A remark that is not an error.
    pub(crate) fn warn(&self, message: &str) {
        if !self.quiet {
            self.err(&format!("{} {message}", self.paint("1;33", "warning:")));
        }
    }

    /// Something worth knowing, once.
    pub(crate) fn note(&self, message: &str) {
        if !self.quiet {
            self.err(&format!("{} {message}", self.paint("1;36", "note:")));
        }
    }

    /// Detail that is only wanted with `--verbose`.
    pub(crate) fn detail(&self, message: &str) {
        if self.verbose {
            self.err(message);
        }
    }

    /// One line of what the user asked for, on stdout. A reader that went away
    /// (`| head`) ends the program quietly, as it does for any filter.
    pub(crate) fn out(&self, line: &str) {
        let mut held = held();
        held.push_str(line);
        held.push('\n');
        write_out(&mut held);
    }

    /// The same, but where nobody watches, many short lines are written at once.
    /// Whoever calls it calls [`Shell::flush`] every now and then.
    pub(crate) fn out_soon(&self, line: &str) {
        /// What a pipe takes at once.
        const ENOUGH: usize = 16 << 10;
        let mut held = held();
        held.push_str(line);
        held.push('\n');
        if held.len() >= ENOUGH || self.watched {
            write_out(&mut held);
        }
    }

    /// Writes what [`Shell::out_soon`] holds back.
    pub(crate) fn flush(&self) {
        write_out(&mut held());
    }

    /// Whether stdout is a terminal.
    pub(crate) fn watched(&self) -> bool {
        self.watched
    }

    /// Ends the process from any thread, with no line on stdout cut short.
    pub(crate) fn exit(&self, code: u8) -> ! {
        let mut held = held();
        write_out(&mut held);
        let _whole = std::io::stdout().lock();
        std::process::exit(i32::from(code));
    }

    /// One line on stderr. There is nobody to tell where that fails.
    pub(crate) fn err(&self, line: &str) {
        writeln!(std::io::stderr().lock(), "{line}").ok();
    }

    pub(crate) fn paint(&self, style: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
