//! Every case of `tests/conformance` in every language that ships.

use std::collections::BTreeSet;

use run_tests::conformance::outcome::Outcome;
use run_tests::conformance::{Case, LANGUAGES, matrix, of};

/// Fails with every case that is not as expected.
fn every_case_of(language: &str) {
    let failures: Vec<String> = of(language)
        .iter()
        .filter_map(|(case, outcome)| match outcome {
            Outcome::Failed(why) => Some(format!("=== {case}\n{why}")),
            Outcome::Passed | Outcome::Gap(_) | Outcome::Untried(_) => None,
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// One test a language, so that a failure names it.
macro_rules! languages {
    ($($language:ident),* $(,)?) => {
        $(
            #[test]
            fn $language() {
                every_case_of(stringify!($language));
            }
        )*

        #[test]
        fn every_language_that_ships_is_here() {
            let tested = BTreeSet::from([$(stringify!($language)),*]);
            let known = LANGUAGES.iter().map(|language| language.name);
            assert_eq!(known.collect::<BTreeSet<_>>(), tested);
            for plugin in run_plugin_bundle::ALL {
                let read = run_plugins::Plugin::read(plugin.name, plugin.bytes()).unwrap();
                for language in read.manifest.languages {
                    let name = language.name.as_str();
                    assert!(tested.contains(name), "{name}");
                }
            }
        }
    };
}

languages! {
    go,
    javascript,
    python,
    rust,
    typescript,
    zig,
}

#[test]
fn gaps_are_about_languages_that_there_are() {
    for case in Case::all() {
        let reasons = case.expected.gaps.keys();
        for language in reasons.chain(case.expected.untried.keys()) {
            assert!(
                LANGUAGES.iter().any(|known| known.name == language),
                "{}: `{language}`",
                case.name
            );
        }
    }
}

#[test]
fn the_page_says_what_came_out() {
    let page = matrix::render();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(matrix::path(), &page).unwrap();
    }
    let kept = std::fs::read_to_string(matrix::path()).unwrap_or_default();
    assert_eq!(
        kept, page,
        "write it with `cargo xtask conformance`, and look at the difference"
    );
}
