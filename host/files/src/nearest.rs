//! "Did you mean": the nearest of a set of known names.

/// The candidate closest to `given`, if one is close enough to be a likely
/// slip: at most a third of its length away (Damerau–Levenshtein), or the same
/// but for case.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|name| (distance(given, name), name))
        .filter(|(distance, name)| *distance <= name.chars().count().max(3) / 3)
        .min()
        .map(|(_, name)| name)
}

/// How far `name` is from what was typed, in slips of typing; case does not
/// count.
#[must_use]
pub fn distance(given: &str, name: &str) -> usize {
    strsim::damerau_levenshtein(&given.to_lowercase(), &name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_nothing_else() {
        let known = ["component", "project", "build"];
        assert_eq!(nearest("componnet", known), Some("component"));
        assert_eq!(nearest("Project", known), Some("project"));
        assert_eq!(nearest("xyz", known), None);
    }
}
