//! Fastly's API, as far as Compute services need it:
//! <https://www.fastly.com/documentation/reference/api/>.

use run_plugin_api::{Error, Result};
use run_provider_shared::body::{Multipart, encoded, form};
use run_provider_shared::{Answer, Client, Method, Transport};
use serde::de::DeserializeOwned;

use crate::answers::{
    Domain, Found, Link, PackageAnswer, Present, Service, Store, Stores, Validity, Version, said,
};
use crate::backend::Backend;
use crate::package::Package;
use crate::settings::Kind;

/// Where the API is. The host sends requests elsewhere if the user says so.
const BASE: &str = "https://api.fastly.com";

/// A client of it.
pub fn client(transport: &dyn Transport) -> Client<'_> {
    Client::new(transport, "Fastly", BASE, said)
}

/// The calls.
#[derive(Clone, Copy)]
pub(crate) struct Api<'c, 't>(pub(crate) &'c Client<'t>);

/// The calls about one version of a service.
#[derive(Clone, Copy)]
pub(crate) struct At<'c, 't> {
    client: &'c Client<'t>,
    service: &'c str,
    version: u32,
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl<'c, 't> Api<'c, 't> {
    pub(crate) fn at(self, service: &'c str, version: u32) -> At<'c, 't> {
        At {
            client: self.0,
            service,
            version,
        }
    }

    /// The id of the service of this name. That there is none is 400 there.
    pub(crate) fn find(self, name: &str) -> Result<Option<String>> {
        let path = format!("/service/search?name={}", encoded(name));
        match self.0.try_send(Method::Get, &path, &[], Vec::new())? {
            Ok(answer) => answer.read().map(|found: Found| Some(found.id)),
            Err(refused) if [400, 404].contains(&refused.status) => Ok(None),
            Err(refused) => Err(refused.into()),
        }
    }

    pub(crate) fn service(self, id: &str) -> Result<Option<Service>> {
        let answer = self.0.find(&format!("/service/{}/details", encoded(id)))?;
        answer.as_ref().map(Answer::read).transpose()
    }

    pub(crate) fn create(self, name: &str) -> Result<Service> {
        let body = form(&[("name", name), ("type", "wasm")]);
        self.0
            .send(Method::Post, "/service", &[FORM], body.into())?
            .read()
    }

    pub(crate) fn delete(self, id: &str) -> Result<()> {
        self.0.delete(&format!("/service/{}", encoded(id)))
    }

    /// The store of this kind and name.
    pub(crate) fn store(self, kind: Kind, name: &str) -> Result<Option<Store>> {
        let path = format!("/resources/stores/{}?name={}", kind.path(), encoded(name));
        let answer = self.0.get(&path)?;
        let stores = match kind {
            Kind::Config => answer.read()?,
            Kind::Secret | Kind::Kv => answer.read::<Stores>()?.data,
        };
        Ok(stores.into_iter().find(|store| store.name == name))
    }

    pub(crate) fn create_store(self, kind: Kind, name: &str) -> Result<Store> {
        let path = format!("/resources/stores/{}", kind.path());
        let answer = match kind {
            Kind::Config => {
                let body = form(&[("name", name)]);
                self.0.send(Method::Post, &path, &[FORM], body.into())?
            }
            Kind::Secret | Kind::Kv => {
                let body = serde_json::json!({ "name": name });
                self.0.json(Method::Post, &path, &body)?
            }
        };
        answer.read()
    }

    pub(crate) fn delete_store(self, kind: Kind, id: &str) -> Result<()> {
        let path = format!("/resources/stores/{}/{}", kind.path(), encoded(id));
        self.0.delete(&path)
    }

    pub(crate) fn has_item(self, store: &str, key: &str) -> Result<bool> {
        Ok(self.0.find(&item(store, key))?.is_some())
    }

    pub(crate) fn put_item(self, store: &str, key: &str, value: &str) -> Result<()> {
        let body = form(&[("item_value", value)]);
        let sent = self
            .0
            .send(Method::Put, &item(store, key), &[FORM], body.into());
        sent.map(drop)
    }

    /// `value` is in base64.
    pub(crate) fn put_secret(self, store: &str, name: &str, value: &str) -> Result<()> {
        let path = format!("/resources/stores/secret/{}/secrets", encoded(store));
        let body = serde_json::json!({ "name": name, "secret": value });
        self.0.json(Method::Put, &path, &body).map(drop)
    }
}

fn item(store: &str, key: &str) -> String {
    format!(
        "/resources/stores/config/{}/item/{}",
        encoded(store),
        encoded(key)
    )
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
