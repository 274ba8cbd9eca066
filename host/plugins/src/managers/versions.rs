//! Which version of a package is installed.

use semver::VersionReq;

use super::InstallError;
use super::description::Values;
use super::run::Runner;
use crate::manifest::{Package, is_package_version};
use crate::tools::release;

/// The version that is pinned, else the newest in the range, as the manager
/// spells it; the range itself for a manager that cannot be asked.
pub(super) fn choose(
    runner: &Runner<'_>,
    package: &Package,
    range: &VersionReq,
    pinned: Option<&str>,
) -> Result<String, InstallError> {
    let text = &runner.manager.text;
    let exact = |version: &str| text.exact.replace("{version}", version);
    if let Some(pinned) = pinned.filter(|pinned| is_package_version(pinned)) {
        return Ok(exact(pinned));
    }
    let Some(versions) = &text.versions else {
        return Ok(range.to_string());
    };
    let values = Values {
        package,
        version: "",
        directory: &runner.staging.tree.display().to_string(),
        home: &runner.staging.home.display().to_string(),
    };
    let printed = runner.run(&versions.arguments, true, &values)?;
    newest(&printed, &versions.pattern, range)
        .map(|version| exact(&version))
        .map_err(|newest| InstallError::NoVersion {
            package: package.name.clone(),
            wanted: range.to_string(),
            newest,
        })
}

/// The newest version in the range, of all that were printed; else the newest
/// of all. What is no release is not looked at.
fn newest(printed: &str, pattern: &str, range: &VersionReq) -> Result<String, Option<String>> {
    let mut all: Vec<_> = regex::Regex::new(pattern)
        .into_iter()
        .flat_map(|regex| {
            regex
                .captures_iter(printed)
                .filter_map(|found| found.get(1).map(|group| group.as_str().to_owned()))
                .collect::<Vec<_>>()
        })
        .filter(|version| is_package_version(version) && !is_prerelease(version))
        .filter_map(|version| Some((release(&version)?, version)))
        .collect();
    all.sort();
    let fits = all.iter().rfind(|(number, _)| range.matches(number));
    match (fits, all.last()) {
        (Some((_, version)), _) => Ok(version.clone()),
        (None, newest) => Err(newest.map(|(_, version)| version.clone())),
    }
}

/// Whatever letters it is written with, in whatever manager's way.
fn is_prerelease(version: &str) -> bool {
    let numbers = version.split('+').next().unwrap_or(version);
    numbers.contains(|c: char| c.is_ascii_alphabetic() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_in_the_range() {
        let list =
            r#"["0.9.0", "1.2.0", "1.10.1", "1.11.0-rc.1", "2.0", "3.0.0rc1", "1.10.1.post2"]"#;
        for (range, expected) in [
            ("^1.2", Ok("1.10.1")),
            (">=1.0", Ok("2.0")),
            ("<1", Ok("0.9.0")),
            (">=5", Err(Some("2.0".to_owned()))),
        ] {
            let found = newest(list, "\"([^\"]+)\"", &range.parse().unwrap());
            assert_eq!(found, expected.map(str::to_owned), "{range}");
        }
        assert_eq!(newest("", "(x)", &VersionReq::STAR), Err(None));
    }
}
