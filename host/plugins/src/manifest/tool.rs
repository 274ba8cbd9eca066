//! `[[tool]]`: the programs a plugin wants to run.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `[[tool]]`: a program on the user's machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// What the plugin calls it.
    pub id: String,
    /// What is looked up on `PATH`.
    pub program: String,
    /// Where a project may have it of its own: a path below the directory of
    /// the source or one above it, as far as the source tree reaches.
    #[serde(default)]
    pub project: Option<String>,
    /// Why it is wanted, for the person who is asked.
    pub why: String,
    /// Whether the plugin does something without it.
    #[serde(default)]
    pub optional: bool,
    /// Arguments that make it print its version.
    #[serde(default)]
    pub probe: Vec<String>,
    /// A regular expression whose first group is that version.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Versions the plugin works with.
    #[serde(default)]
    pub accepts: Option<semver::VersionReq>,
    /// What its process reads of its own, relative to the program's directory.
    #[serde(default)]
    pub files: Vec<String>,
    /// What it reads beyond that, where only it can tell.
    #[serde(default)]
    pub reads: Option<Reads>,
    /// A launcher that knows where the real program is.
    #[serde(default)]
    pub locate: Option<Locate>,
    /// What a person types to get it.
    #[serde(default)]
    pub install: Install,
    /// Packages that `toolchain install` may get it from; the first whose
    /// manager is there is taken.
    #[serde(default, rename = "package")]
    pub packages: Vec<Package>,
    /// The only argument lists the plugin may use; none: its children may run
    /// it, the plugin itself may not.
    #[serde(default, rename = "command")]
    pub commands: Vec<CommandPattern>,
}

/// `[tool.locate]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locate {
    /// The launcher, looked up on `PATH`.
    pub program: String,
    /// Arguments that make it print the real program's absolute path.
    pub arguments: Vec<String>,
    /// Files whose change makes a remembered answer stale.
    #[serde(default)]
    pub state: Vec<String>,
    /// Names of such files in the project's directory, or in one above it. Without
    /// any, no answer is remembered.
    #[serde(default)]
    pub near: Vec<String>,
}

/// `[tool.reads]`: a question whose answer is what a tool's process reads, one
/// absolute path a line, as an interpreter's directories of modules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// Arguments that make it print them.
    pub arguments: Vec<String>,
    /// Whether the interpreter that a script names in its first line is asked,
    /// and not the script.
    #[serde(default)]
    pub interpreter: bool,
}

/// `[tool.install]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Install {
    /// On Linux.
    #[serde(default)]
    pub linux: Option<String>,
    /// On macOS.
    #[serde(default)]
    pub macos: Option<String>,
    /// On Windows.
    #[serde(default)]
    pub windows: Option<String>,
    /// Anywhere else, or everywhere.
    #[serde(default)]
    pub any: Option<String>,
}

impl Install {
    /// The command for the platform this host runs on.
    #[must_use]
    pub fn here(&self) -> Option<&str> {
        let own = match std::env::consts::OS {
            "linux" => &self.linux,
            "macos" => &self.macos,
            "windows" => &self.windows,
            _ => &None,
        };
        own.as_deref().or(self.any.as_deref())
    }
}

/// `[[tool.command]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandPattern {
    /// Words: `*` stands for one, `**` for any number.
    pub arguments: String,
    /// Whether the command may use the network.
    #[serde(default)]
    pub network: bool,
    /// Whether the command may write the directories of
    /// [`Access::Cache`](super::Access::Cache): one that compiles the project's
    /// code and never runs it.
    #[serde(default)]
    pub cache: bool,
    /// Words refused wherever they stand.
    #[serde(default)]
    pub deny: Vec<String>,
}

/// `[[tool.package]]`: where a package manager has the tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// One of the package managers that `run` knows.
    pub manager: String,
    /// What the manager calls the package.
    pub name: String,
    /// What of the package is asked for, where a manager installs parts of one:
    /// it follows the name, and begins with `/`.
    #[serde(default)]
    pub part: Option<String>,
    /// Which of its versions; those the tool accepts where this is absent.
    #[serde(default)]
    pub version: Option<semver::VersionReq>,
    /// The program, below the directory that the package is installed in.
    pub program: String,
    /// Exact versions of what the package depends on, where the newest that it
    /// would get does not work.
    #[serde(default)]
    pub constraints: BTreeMap<String, String>,
}
