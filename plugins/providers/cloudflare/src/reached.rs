//! Where a Worker is reached, and how the host sees that it is.

use crate::settings::Settings;

/// The address of a version that is live, or of a preview; none where only
/// schedules call it, or routes that are not one address.
pub(crate) fn url(settings: &Settings, subdomain: Option<&str>, version: &str) -> Option<String> {
    let worker = &settings.worker;
    if settings.preview {
        // The first eight characters of a version's id stand for it.
        let version = version.get(..8)?;
        return Some(format!(
            "https://{version}-{worker}.{}.workers.dev",
            subdomain?
        ));
    }
    if let Some(domain) = settings.domains.first() {
        return Some(format!("https://{domain}"));
    }
    let route = settings.routes.iter().find_map(|route| {
        let route = route
            .split_once("://")
            .map_or(route.as_str(), |(_, rest)| rest);
        let route = route.strip_suffix('*').unwrap_or(route);
        (!route.contains('*')).then(|| format!("https://{route}"))
    });
    match (settings.workers_dev, subdomain) {
        (true, Some(subdomain)) => Some(format!("https://{worker}.{subdomain}.workers.dev")),
        _ => route,
    }
}

/// How the host sees that it answers: see `wit/provider.wit`.
pub(crate) fn check(settings: &Settings, url: Option<&str>) -> &'static str {
    match url {
        None => "none",
        // An older version may be the one that answers.
        Some(_) if settings.rollout < 100 && !settings.preview => "answer",
        Some(_) => "digest",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::settings;

    #[test]
    fn the_address_that_says_most() {
        let dev = ("workers_dev", "true");
        let zone = ("zone_id", "z");
        for (pairs, expected) in [
            (&[dev][..], Some("https://shop.acme.workers.dev")),
            (&[dev, ("domains", "shop.test")], Some("https://shop.test")),
            (
                &[zone, ("route", "a.test/api/*")],
                Some("https://a.test/api/"),
            ),
            (&[zone, ("route", "*.a.test/*")], None),
            (
                &[dev, ("preview", "true")],
                Some("https://01234567-shop.acme.workers.dev"),
            ),
            (&[], None),
        ] {
            let settings = settings(pairs).unwrap();
            let url = url(&settings, Some("acme"), "01234567-89ab");
            assert_eq!(url.as_deref(), expected, "{pairs:?}");
            let check = check(&settings, url.as_deref());
            assert_eq!(check, if expected.is_some() { "digest" } else { "none" });
        }
        let settings = settings(&[dev, ("rollout", "10")]).unwrap();
        assert_eq!(check(&settings, Some("x")), "answer");
    }
}
