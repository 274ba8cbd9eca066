//! The stores of an account.

use serde_json::json;

use crate::edge::{Answer, Request};

/// Those of every kind.
#[derive(Debug, Default)]
pub(super) struct Stores {
    /// Kind and name; the number of a store is its id.
    all: Vec<(String, String)>,
    items: Vec<(String, String)>,
}

impl Stores {
    pub(super) fn answer(
        &mut self,
        method: &str,
        kind: &str,
        rest: &[&str],
        form: &[(String, String)],
        request: &Request,
    ) -> Answer {
        let ok = |json: serde_json::Value| Answer::Json(200, json);
        let id = |number: usize| format!("store{number}");
        match (method, rest) {
            ("GET", []) => {
                let all = self.all.iter().enumerate();
                let all: Vec<_> = all
                    .filter(|(_, store)| store.0 == kind)
                    .map(|(number, store)| json!({ "id": id(number), "name": store.1 }))
                    .collect();
                match kind {
                    "config" => ok(all.into()),
                    _ => ok(json!({ "data": all, "meta": { "limit": 100 } })),
                }
            }
            ("POST", []) => {
                let name = match kind {
                    "config" => form.first().map(|(_, name)| name.clone()),
                    _ => request.json()["name"].as_str().map(str::to_owned),
                };
                let name = name.expect("a name");
                self.all.push((kind.to_owned(), name.clone()));
                ok(json!({ "id": id(self.all.len() - 1), "name": name }))
            }
            ("DELETE", [store]) => {
                let number: usize = store.trim_start_matches("store").parse().expect("an id");
                // The numbers of the others stay.
                self.all[number] = (String::new(), String::new());
                ok(json!({ "status": "ok" }))
            }
            ("GET", [_, "item", key]) => match self.items.iter().find(|(item, _)| item == key) {
                Some((key, value)) => ok(json!({ "item_key": key, "item_value": value })),
                None => Answer::Json(404, json!({ "msg": "Record not found" })),
            },
            ("PUT", [_, "item", key]) => {
                let value = form.first().map(|(_, value)| value.clone());
                self.items
                    .push(((*key).to_owned(), value.expect("a value")));
                ok(json!({ "item_key": key }))
            }
            ("PUT", [_, "secrets"]) => ok(json!({ "name": request.json()["name"] })),
            other => panic!("nothing is known of {other:?}"),
        }
    }
}
