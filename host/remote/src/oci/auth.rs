//! Answering a registry that asks who it is talking to.

use http_auth::ChallengeRef;
use serde::Deserialize;
use url::Url;

use super::{Login, Repository};
use crate::Patience;
use crate::error::RemoteError;
use crate::http::{self, Http, Reply, Request};

/// The largest answer of a token service that is read.
const TOKEN: u64 = 64 << 10;

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// Who asks, and for what.
pub(super) struct Asker<'a> {
    pub(super) http: &'a Http,
    pub(super) base: &'a Url,
    pub(super) repository: &'a Repository,
    pub(super) login: Option<&'a Login>,
    pub(super) patience: Patience,
    /// Whether something is to be put in.
    pub(super) write: bool,
}

impl Asker<'_> {
    /// The value of `Authorization` that answers a 401; `None` where there is no
    /// answer to give.
    pub(super) fn answer(&self, refusal: &Reply) -> Result<Option<String>, RemoteError> {
        let asked: Vec<&str> = refusal
            .headers
            .get_all("www-authenticate")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let challenges: Vec<ChallengeRef<'_>> = asked
            .iter()
            .filter_map(|text| http_auth::parse_challenges(text).ok())
            .flatten()
            .collect();
        let by = |scheme: &str| {
            challenges
                .iter()
                .find(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme))
        };
        if let Some(challenge) = by("bearer") {
            return self.token(challenge).map(Some);
        }
        Ok(by("basic").and(self.login).map(Login::basic))
    }

    fn token(&self, challenge: &ChallengeRef<'_>) -> Result<String, RemoteError> {
        let parameter = |name: &str| {
            let mut all = challenge.params.iter();
            let (_, value) = all.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            Some(value.to_unescaped())
        };
        let mut realm: Url = parameter("realm")
            .and_then(|realm| realm.parse().ok())
            .ok_or_else(|| self.http.protocol("it does not say where tokens come from"))?;
        http::check_sent_to(self.base, &realm).map_err(|reason| self.http.protocol(reason))?;
        let actions = if self.write { "pull,push" } else { "pull" };
        let scope = format!("repository:{}:{actions}", self.repository.name());
        {
            let mut query = realm.query_pairs_mut();
            if let Some(service) = parameter("service") {
                query.append_pair("service", &service);
            }
            query.append_pair("scope", &scope);
        }
        let http = Http::new(&realm, self.patience);
        let basic = self.login.map(Login::basic);
        let reply = http.send(&Request {
            headers: basic
                .iter()
                .map(|value| ("authorization", value.as_str()))
                .collect(),
            ..Request::get(realm, TOKEN)
        })?;
        if reply.status != 200 {
            return Err(http.refused(&reply, "check the login for this registry"));
        }
        let token: Option<Token> = serde_json::from_slice(&reply.body).ok();
        token
            .and_then(|token| token.token.or(token.access_token))
            .filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))
            .map(|token| format!("Bearer {token}"))
            .ok_or_else(|| http.protocol("its token cannot be read"))
    }
}
