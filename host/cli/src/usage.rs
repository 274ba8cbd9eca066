//! A command line that does not parse.

use std::process::ExitCode;

use clap::Subcommand;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::args::{ColorChoice, Command};
use crate::failure::FAILED;
use crate::json;
use crate::shell::Shell;

/// Reports a usage error, or prints the help that was asked for.
pub(crate) fn report(mut error: clap::Error) -> ExitCode {
    // clap suggests what is spelled alike; where nothing is, the list helps.
    if error.kind() == ErrorKind::InvalidSubcommand
        && error.get(ContextKind::SuggestedSubcommand).is_none()
    {
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![known_commands().into()]),
        );
    }
    let code = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(FAILED));
    if error.use_stderr() && json_is_wanted() {
        let (message, help) = parts(&error);
        let document = json::plain_error("run::cli::usage", &message, help.as_deref());
        Shell::new(ColorChoice::Never, false, false, true).out(&document.to_string());
        return code;
    }
    // clap knows which stream; printing fails only where nobody reads.
    error.print().ok();
    if error.kind() == ErrorKind::DisplayHelp
        && let Some(more) = crate::commands::deploy::help::of_words(std::env::args_os())
    {
        Shell::new(ColorChoice::Never, false, false, false).out(&more);
    }
    code
}

fn known_commands() -> String {
    let v2 = Command::augment_subcommands(clap::Command::new("v2"));
    let names: Vec<&str> = v2.get_subcommands().map(clap::Command::get_name).collect();
    let names = names.join(", ");
    if std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == "v2")
    {
        format!("there is: {names}")
    } else {
        format!("commands are given as `run v2 <COMMAND>`: {names}")
    }
}

/// What did not parse cannot say whether it held `--json`; the words can. What
/// follows `--` is for the component.
fn json_is_wanted() -> bool {
    std::env::args_os()
        .skip(1)
        .take_while(|word| word != "--")
        .any(|word| word == "--json")
}

/// What is wrong, and what clap says about it below.
fn parts(error: &clap::Error) -> (String, Option<String>) {
    if matches!(
        error.kind(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        return ("a command is missing".to_owned(), Some(known_commands()));
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut paragraphs = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty());
    let message = paragraphs.next().unwrap_or_default().to_owned();
    let help: Vec<_> = paragraphs
        .filter(|paragraph| !paragraph.starts_with("For more information"))
        .collect();
    (message, (!help.is_empty()).then(|| help.join("\n")))
}
