//! `wasi:cli/terminal-*`: nothing here is a terminal.

use super::Never;
use crate::Io;
use crate::bindings::exports::wasi::cli0_2_12::{
    terminal_input, terminal_output, terminal_stderr, terminal_stdin, terminal_stdout,
};

impl terminal_input::GuestTerminalInput for Never {}
impl terminal_output::GuestTerminalOutput for Never {}

impl terminal_input::Guest for Io {
    type TerminalInput = Never;
}

impl terminal_output::Guest for Io {
    type TerminalOutput = Never;
}

impl terminal_stdin::Guest for Io {
    fn get_terminal_stdin() -> Option<terminal_input::TerminalInput> {
        None
    }
}

impl terminal_stdout::Guest for Io {
    fn get_terminal_stdout() -> Option<terminal_output::TerminalOutput> {
        None
    }
}

impl terminal_stderr::Guest for Io {
    fn get_terminal_stderr() -> Option<terminal_output::TerminalOutput> {
        None
    }
}
