//! The calls about one version of a service.

use run_plugin_api::{Error, Result};
use run_provider_shared::body::{Multipart, encoded, form};
use run_provider_shared::{Answer, Client, Method};
use serde::de::DeserializeOwned;

use super::FORM;
use crate::answers::{Domain, Link, PackageAnswer, Present, Validity, Version};
use crate::backend::Backend;
use crate::package::Package;

/// One version.
#[derive(Clone, Copy)]
pub(crate) struct At<'c, 't> {
    client: &'c Client<'t>,
    service: &'c str,
    version: u32,
}

impl<'c, 't> At<'c, 't> {
    pub(super) fn new(client: &'c Client<'t>, service: &'c str, version: u32) -> Self {
        Self {
            client,
            service,
            version,
        }
    }
}

impl At<'_, '_> {
    fn path(&self, rest: &str) -> String {
        format!(
            "/service/{}/version/{}{rest}",
            encoded(self.service),
            self.version
        )
    }

    fn read<T: DeserializeOwned>(&self, rest: &str) -> Result<T> {
        self.client.get(&self.path(rest))?.read()
    }

    fn send(&self, method: Method, rest: &str, pairs: &[(&str, &str)]) -> Result<Answer> {
        let body = form(pairs).into_bytes();
        let headers: &[_] = if pairs.is_empty() { &[] } else { &[FORM] };
        self.client.send(method, &self.path(rest), headers, body)
    }

    pub(crate) fn copied(&self) -> Result<Version> {
        self.send(Method::Put, "/clone", &[])?.read()
    }

    pub(crate) fn domains(&self) -> Result<Vec<Domain>> {
        self.read("/domain")
    }

    pub(crate) fn domains_in_staging(&self) -> Result<Vec<Domain>> {
        self.read("/domain?include=staging_ips")
    }

    pub(crate) fn add_domain(&self, name: &str) -> Result<()> {
        self.send(Method::Post, "/domain", &[("name", name)])
            .map(drop)
    }

    pub(crate) fn remove_domain(&self, name: &str) -> Result<()> {
        self.client
            .delete(&self.path(&format!("/domain/{}", encoded(name))))
    }

    pub(crate) fn backends(&self) -> Result<Vec<Present>> {
        self.read("/backend")
    }

    /// Makes it, or changes the one of this name.
    pub(crate) fn put_backend(&self, backend: &Backend, new: bool) -> Result<()> {
        let port = backend.port.to_string();
        let host = backend.host();
        let mut pairs = vec![("address", backend.address.as_str())];
        if new {
            pairs.push(("name", &backend.name));
        }
        pairs.extend(host.map(|host| ("override_host", host)));
        pairs.push(("port", &port));
        if backend.tls {
            pairs.extend(host.map(|host| ("ssl_cert_hostname", host)));
            pairs.extend(host.map(|host| ("ssl_sni_hostname", host)));
        }
        if backend.tls || !new {
            pairs.push(("use_ssl", if backend.tls { "1" } else { "0" }));
        }
        match new {
            true => self.send(Method::Post, "/backend", &pairs),
            false => self.send(
                Method::Put,
                &format!("/backend/{}", encoded(&backend.name)),
                &pairs,
            ),
        }
        .map(drop)
    }

    pub(crate) fn remove_backend(&self, name: &str) -> Result<()> {
        self.client
            .delete(&self.path(&format!("/backend/{}", encoded(name))))
    }

    /// The `files_hash` of the package, where there is one.
    pub(crate) fn files_hash(&self) -> Result<Option<String>> {
        let answer = self.client.find(&self.path("/package"))?;
        let package: Option<PackageAnswer> = answer.as_ref().map(Answer::read).transpose()?;
        Ok(package.and_then(|package| package.metadata?.files_hash))
    }

    pub(crate) fn put_package(&self, package: &Package) -> Result<()> {
        let (kind, body) = Multipart::default()
            .file_called(
                "package",
                &package.file,
                "application/octet-stream",
                &*package.bytes,
            )
            .finish();
        let headers = [("content-type", kind.as_str())];
        let sent = self
            .client
            .send(Method::Put, &self.path("/package"), &headers, body);
        sent.map(drop)
    }

    pub(crate) fn links(&self) -> Result<Vec<Link>> {
        self.read("/resource")
    }

    pub(crate) fn link(&self, name: &str, id: &str) -> Result<()> {
        let pairs = [("name", name), ("resource_id", id)];
        self.send(Method::Post, "/resource", &pairs).map(drop)
    }

    pub(crate) fn unlink(&self, link: &str) -> Result<()> {
        self.client
            .delete(&self.path(&format!("/resource/{}", encoded(link))))
    }

    pub(crate) fn describe(&self, comment: &str) -> Result<()> {
        self.send(Method::Put, "", &[("comment", comment)])
            .map(drop)
    }

    /// # Errors
    /// The version cannot be activated, in the platform's words.
    pub(crate) fn validate(&self) -> Result<()> {
        let validity: Validity = self.read("/validate")?;
        match validity.status.as_str() {
            "ok" => Ok(()),
            _ => Err(Error::remote(format!(
                "Fastly does not take version {} of the service: {}",
                self.version,
                validity.msg.as_deref().unwrap_or("it does not say why")
            ))),
        }
    }

    pub(crate) fn activate(&self, staging: bool) -> Result<()> {
        let rest = if staging {
            "/activate/staging"
        } else {
            "/activate"
        };
        self.send(Method::Put, rest, &[]).map(drop)
    }

    pub(crate) fn deactivate(&self, staging: bool) -> Result<()> {
        let rest = if staging {
            "/deactivate/staging"
        } else {
            "/deactivate"
        };
        self.send(Method::Put, rest, &[]).map(drop)
    }
}
