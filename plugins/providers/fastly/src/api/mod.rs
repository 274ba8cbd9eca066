//! Fastly's API, as far as Compute services need it:
//! <https://www.fastly.com/documentation/reference/api/>.

mod stores;
mod version;

use run_plugin_api::Result;
use run_provider_shared::body::{encoded, form};
use run_provider_shared::{Answer, Client, Method, Transport};

use crate::answers::{Found, Service, said};

pub(crate) use version::At;

/// Where the API is. The host sends requests elsewhere if the user says so.
const BASE: &str = "https://api.fastly.com";

/// A client of it.
pub fn client(transport: &dyn Transport) -> Client<'_> {
    Client::new(transport, "Fastly", BASE, said)
}

/// The calls.
#[derive(Clone, Copy)]
pub(crate) struct Api<'c, 't>(pub(crate) &'c Client<'t>);

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl<'c, 't> Api<'c, 't> {
    pub(crate) fn at(self, service: &'c str, version: u32) -> At<'c, 't> {
        At::new(self.0, service, version)
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
}
