//! The calls about stores.

use run_plugin_api::Result;
use run_provider_shared::Method;
use run_provider_shared::body::{encoded, form};

use super::{Api, FORM};
use crate::answers::{Store, Stores};
use crate::settings::Kind;

/// How many pages of stores are looked through.
const PAGES: u32 = 50;

impl Api<'_, '_> {
    /// The store of this kind and name.
    pub(crate) fn store(self, kind: Kind, name: &str) -> Result<Option<Store>> {
        let path = format!("/resources/stores/{}?name={}", kind.path(), encoded(name));
        let is_it = |store: &Store| store.name == name;
        if kind == Kind::Config {
            let all: Vec<Store> = self.0.get(&path)?.read()?;
            return Ok(all.into_iter().find(is_it));
        }
        // Where the name is not looked at, all of them are answered, in pages.
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let page: Stores = self.0.get(&format!("{path}{cursor}"))?.read()?;
            if let Some(store) = page.data.into_iter().find(is_it) {
                return Ok(Some(store));
            }
            match page.meta.next_cursor.filter(|next| !next.is_empty()) {
                Some(next) => cursor = format!("&cursor={}", encoded(&next)),
                None => break,
            }
        }
        Ok(None)
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

#[cfg(test)]
mod tests {
    use super::*;
    use run_provider_shared::fake::Script;

    #[test]
    fn a_store_is_found_on_a_later_page() {
        let first = r#"{"data":[{"id":"1","name":"a"}],"meta":{"next_cursor":"x=","limit":1}}"#;
        let second = r#"{"data":[{"id":"2","name":"b"}],"meta":{"limit":1}}"#;
        let script = Script::default()
            .then("GET /resources/stores/kv?name=b", 200, first)
            .then("GET /resources/stores/kv?name=b&cursor=x%3D", 200, second)
            .then("GET /resources/stores/kv?name=c", 200, second);
        let client = crate::api::client(&script);
        let found = Api(&client).store(Kind::Kv, "b").unwrap();
        assert_eq!(found.unwrap().id, "2");
        assert_eq!(Api(&client).store(Kind::Kv, "c").unwrap(), None);
        script.finish();
    }
}
