//! What is there on the platform, and how it differs from what is wanted.

use run_plugin_api::Result;
use run_provider_shared::Client;
use sha2::{Digest, Sha256};

use crate::api::{Api, Domain, KvNamespace, Route, Share, Version, WorkersDev, only_account};
use crate::settings::{Namespace, Settings};

/// What a deployment is of, as the platform keeps it with the version: a digest
/// of the artifact and of every setting that is part of an upload. `packaged`
/// stands for the plugin's own modules.
pub(crate) fn tag(settings: &Settings, digest: &str, packaged: &str) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    add(digest);
    add(packaged);
    add(&settings.compatibility_date);
    add(&format!("{:?}", settings.compatibility_flags));
    add(&format!("{:?}", settings.variables));
    add(&format!("{:?}", settings.secrets));
    add(&format!("{:?}", settings.stores));
    add(&format!("{:?} {}", settings.cpu_ms, settings.observability));
    let hex: Vec<_> = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    hex.concat()[..32].to_owned()
}

/// One version that is live.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Live {
    pub(crate) share: Share,
    /// See [`tag`].
    pub(crate) tag: Option<String>,
}

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct Present {
    /// Whether there is a Worker of this name.
    pub(crate) exists: bool,
    /// What is live.
    pub(crate) live: Vec<Live>,
    /// Uploads that were not made live, where a preview is wanted.
    pub(crate) versions: Vec<Version>,
    pub(crate) subdomain: Option<String>,
    pub(crate) workers_dev: Option<WorkersDev>,
    pub(crate) schedules: Vec<String>,
    /// All of the account, where one is wanted or was made.
    pub(crate) domains: Vec<Domain>,
    /// All of the zone.
    pub(crate) routes: Vec<Route>,
    pub(crate) namespaces: Vec<KvNamespace>,
}

/// What earlier deployments made that may have to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) domains: Vec<String>,
    pub(crate) routes: Vec<String>,
}

/// The API of a Worker, with its account known.
pub(crate) fn api<'c, 't>(client: &'c Client<'t>, settings: &Settings) -> Result<Api<'c, 't>> {
    let account = match &settings.account {
        Some(account) => account.clone(),
        None => only_account(client)?,
    };
    Ok(Api {
        client,
        account,
        worker: settings.worker.clone(),
    })
}

/// Asks for all that is relevant. Reads only.
pub(crate) fn present(api: &Api<'_, '_>, settings: &Settings, made: &Made) -> Result<Present> {
    let mut present = Present {
        exists: api.exists()?,
        ..Present::default()
    };
    if present.exists {
        let newest = api.deployments()?.into_iter().next();
        for share in newest.map(|deployed| deployed.versions).unwrap_or_default() {
            let version = api.version(&share.version_id)?;
            let tag = version.and_then(|version| version.annotations.tag);
            present.live.push(Live { share, tag });
        }
        if settings.preview {
            present.versions = api.versions()?;
        }
        present.workers_dev = Some(api.workers_dev()?);
        present.schedules = api.schedules()?;
    }
    if settings.workers_dev || settings.preview {
        present.subdomain = api.subdomain()?;
    }
    if !(settings.domains.is_empty() && made.domains.is_empty()) {
        present.domains = api.domains()?;
    }
    if let Some(zone) = &settings.zone
        && !(settings.routes.is_empty() && made.routes.is_empty())
    {
        present.routes = api.routes(zone)?;
    }
    if settings.stores.iter().any(|(_, n)| *n == Namespace::New) {
        present.namespaces = api.namespaces()?;
    }
    Ok(present)
}

impl Present {
    /// The version that was uploaded from the same, where there is one to be
    /// used. The values of secrets cannot be compared, so with secrets there is
    /// none.
    pub(crate) fn uploaded(&self, settings: &Settings, tag: &str) -> Option<&str> {
        if !settings.secrets.is_empty() {
            return None;
        }
        let live = self
            .live
            .iter()
            .find(|live| live.tag.as_deref() == Some(tag))
            .map(|live| live.share.version_id.as_str());
        let waiting = self
            .versions
            .iter()
            .find(|version| version.annotations.tag.as_deref() == Some(tag))
            .map(|version| version.id.as_str());
        live.or(waiting)
    }

    /// What is to be live once `version` gets its share.
    pub(crate) fn shares(&self, version: &str, percent: u8) -> Vec<Share> {
        let percent = f64::from(percent);
        let mut shares = vec![Share {
            version_id: version.to_owned(),
            percentage: percent,
        }];
        // Of the others the one that most requests went to gets the rest.
        let others = self.live.iter().filter(|l| l.share.version_id != version);
        let largest = others.max_by(|a, b| a.share.percentage.total_cmp(&b.share.percentage));
        match largest {
            Some(live) if percent < 100.0 => shares.push(Share {
                version_id: live.share.version_id.clone(),
                percentage: 100.0 - percent,
            }),
            _ => shares[0].percentage = 100.0,
        }
        shares
    }

    /// Whether these are live already.
    pub(crate) fn is_live(&self, shares: &[Share]) -> bool {
        let mut live: Vec<_> = self.live.iter().map(|live| &live.share).collect();
        let mut wanted: Vec<_> = shares.iter().collect();
        live.sort_by(|a, b| a.version_id.cmp(&b.version_id));
        wanted.sort_by(|a, b| a.version_id.cmp(&b.version_id));
        live == wanted
    }

    /// The namespace behind a store, where it is there.
    pub(crate) fn namespace(&self, title: &str) -> Option<&KvNamespace> {
        self.namespaces.iter().find(|n| n.title == title)
    }
}
