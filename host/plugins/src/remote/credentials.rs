//! Finding a credential that the manifest declares: in the user's variables,
//! else from a program of the user's choice, else in the files of other programs.

use http::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::access::{AccessError, User};
use super::files;
use super::secret::Secret;
use crate::manifest::{Credential, Inject};

/// A credential that the user has.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// The plugin's name for it.
    pub(crate) name: String,
    pub(crate) inject: Inject,
    pub(crate) hosts: Vec<String>,
    pub(crate) region: Option<String>,
    /// One text; for a signature the key's id, the secret key, and the
    /// session's token, which may be empty.
    pub(crate) parts: Vec<Secret>,
}

impl Given {
    /// `None` where the user has it nowhere.
    pub(super) fn find(
        providers: &[&str],
        credential: &Credential,
        user: &User<'_>,
    ) -> Result<Option<Self>, AccessError> {
        let parts = match from_environment(credential, user)? {
            Some(parts) => Some(parts),
            None => match user.helpers.ask(providers, credential)? {
                Some(parts) => Some(parts),
                None => files::find(credential, user)?,
            },
        };
        let Some(parts) = parts else {
            return Ok(None);
        };
        // A line break in a header would begin another one.
        let whole = |part: &String| HeaderValue::from_str(part).is_ok();
        if !parts.iter().all(whole) {
            return Err(AccessError::Unusable {
                name: credential.name.clone(),
            });
        }
        Ok(Some(Self {
            name: credential.name.clone(),
            inject: credential.inject.clone(),
            hosts: credential.hosts.clone(),
            region: credential.region.clone(),
            parts: parts.into_iter().map(Secret::new).collect(),
        }))
    }

    /// The parts that are secret: a key's id is not.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let public = usize::from(self.inject == Inject::SigV4);
        self.parts.iter().skip(public)
    }

    /// The header that carries it, where it is one.
    pub(crate) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let part = self.parts.first()?.expose();
        let (name, text) = match &self.inject {
            Inject::Bearer => (AUTHORIZATION, format!("Bearer {part}")),
            Inject::Header(name) => (name.clone(), part.to_owned()),
            Inject::SigV4 => return None,
        };
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some((name, value))
    }
}

fn from_environment(
    credential: &Credential,
    user: &User<'_>,
) -> Result<Option<Vec<String>>, AccessError> {
    let set = |name: &String| (user.variable)(name).filter(|text| !text.is_empty());
    if credential.inject != Inject::SigV4 {
        let found = credential.environment.iter().find_map(set);
        return Ok(found.map(|text| vec![text.trim().to_owned()]));
    }
    let [id, key, token] = credential.environment.as_slice() else {
        return Ok(None);
    };
    match (set(id), set(key)) {
        (None, None) => Ok(None),
        (Some(found_id), Some(found_key)) => Ok(Some(vec![
            found_id.trim().to_owned(),
            found_key.trim().to_owned(),
            set(token).unwrap_or_default().trim().to_owned(),
        ])),
        (Some(_), None) => Err(AccessError::Half {
            set: id.clone(),
            missing: key.clone(),
        }),
        (None, Some(_)) => Err(AccessError::Half {
            set: key.clone(),
            missing: id.clone(),
        }),
    }
}
