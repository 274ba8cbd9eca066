//! A tool beside what the lock says of it.

use run_build::Need;
use run_files::Digest;
use run_plugins::{Drift, Place, Tool, ToolError, managers};
use run_project::lock::platform;

use super::Survey;
use crate::failure::{CommandError, Failure};

/// How a tool stands to its pin.
pub(crate) enum State {
    /// As pinned.
    Pinned,
    /// As pinned by version; for this platform there is no checksum yet.
    NoChecksum,
    /// Not pinned.
    Unpinned,
    /// Another version, or another file.
    Drifted(Drift),
    /// What `toolchain install` installed was changed since.
    Changed { pinned: Digest, found: Digest },
    /// Not there, or in no version that fits.
    Missing(ToolError),
}

/// A need with how it stands.
pub(crate) struct Status<'a> {
    pub(crate) need: &'a Need,
    pub(crate) state: State,
}

impl Status<'_> {
    /// Whether a build works with it.
    pub(crate) fn is_there(&self) -> bool {
        !matches!(self.state, State::Missing(_))
    }

    /// What is wrong with it and what mends it; `None` where it is as pinned.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        let program = self.need.program();
        let installable = !self.need.declared.packages.is_empty();
        match &self.state {
            State::Pinned | State::NoChecksum => None,
            State::Unpinned => Some((
                format!("`{program}` is not pinned"),
                "pin it with `run v2 toolchain sync`".to_owned(),
            )),
            State::Drifted(drift) => Some((drift.to_string(), drift.help(installable))),
            State::Changed { pinned, found } => Some((
                format!(
                    "what was installed as `{program}` was changed since\n  pinned: {pinned}\n  found:  {found}"
                ),
                format!(
                    "get it again with `run v2 toolchain install {program}`, or pin what is here with `run v2 toolchain sync`"
                ),
            )),
            State::Missing(error) => Some((
                error.to_string(),
                error.help().unwrap_or_default().to_owned(),
            )),
        }
    }
}

/// Every need with how it stands.
pub(crate) fn statuses(survey: &Survey) -> Result<Vec<Status<'_>>, Failure> {
    let status = |need| {
        Ok(Status {
            state: state(survey, need)?,
            need,
        })
    };
    survey.needs.iter().map(status).collect()
}

fn state(survey: &Survey, need: &Need) -> Result<State, Failure> {
    let tool = match &need.found {
        Ok(tool) => tool,
        Err(error) => return Ok(State::Missing(error.clone())),
    };
    let unreadable = |error: std::io::Error| -> Failure {
        CommandError::io(format!("cannot read `{}`", tool.path.display()), &error).into()
    };
    if !survey.pins.has(&tool.program) {
        return Ok(State::Unpinned);
    }
    if let Some(drift) = survey.pins.drift(tool).map_err(unreadable)? {
        return Ok(State::Drifted(drift));
    }
    let pinned = survey.lock.installed.on(&platform());
    if let Some(pinned) = pinned.get(&tool.program)
        && let Some(found) = tree(survey, need, tool).map_err(unreadable)?
        && found != *pinned
    {
        return Ok(State::Changed {
            pinned: *pinned,
            found,
        });
    }
    let has_checksum = survey.pins.checksums.contains_key(&tool.program);
    Ok(if has_checksum || !has_same_bytes(survey, need, tool) {
        State::Pinned
    } else {
        State::NoChecksum
    })
}

/// The digest of what `toolchain install` installed, where it would be the same
/// on another machine.
pub(crate) fn tree(survey: &Survey, need: &Need, tool: &Tool) -> std::io::Result<Option<Digest>> {
    let Place::Installed(dir) = &tool.place else {
        return Ok(None);
    };
    match survey.managers.choose(&need.declared) {
        Some((manager, _)) if manager.same_bytes() => managers::digest(dir, manager).map(Some),
        _ => Ok(None),
    }
}

/// Whether the tool's file would be the same on another machine of this
/// platform: not where it was compiled here.
pub(crate) fn has_same_bytes(survey: &Survey, need: &Need, tool: &Tool) -> bool {
    match (&tool.place, survey.managers.choose(&need.declared)) {
        (Place::Installed(_), Some((manager, _))) => manager.same_bytes(),
        _ => true,
    }
}
