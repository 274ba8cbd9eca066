//! The build cache that machines share: with the servers that people run, and
//! with one that misbehaves.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use run_tests::Outcome;
use run_tests::fake::{Fake, Fault};
use run_tests::interrupt::interrupt;
use run_tests::servers::{BUCKET, KEY, PASSWORD, Server, USER};
use run_tests::toolbox::Toolbox;

/// One machine: a checkout, a cache, and variables.
struct Machine {
    checkout: Toolbox,
    home: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Machine {
    fn new() -> Self {
        Self {
            checkout: Toolbox::new(&[]),
            home: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    /// One that uses a cache, and believes what `key` signed.
    fn with(place: &str, key: &Key) -> Self {
        Self::new()
            .set("RUN_BUILD_CACHE_REMOTE", place)
            .set("RUN_BUILD_CACHE_REMOTE_KEYS", &key.public)
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// And puts in what it builds.
    fn writes(self, key: &Key) -> Self {
        self.set("RUN_BUILD_CACHE_REMOTE_MODE", "read-write")
            .set("RUN_BUILD_CACHE_SIGNING_KEY", key.file.to_str().unwrap())
    }

    /// Of a store that wants to know who asks.
    fn for_store(self, address: &str) -> Self {
        self.set("AWS_ENDPOINT_URL_S3", &format!("http://{address}"))
            .set("AWS_ACCESS_KEY_ID", KEY.0)
            .set("AWS_SECRET_ACCESS_KEY", KEY.1)
    }

    /// Has a login for a registry.
    fn logged_in(self, registry: &str) -> Self {
        let login = base64(&format!("{USER}:{PASSWORD}"));
        let text = format!("{{\"auths\": {{\"{registry}\": {{\"auth\": \"{login}\"}}}}}}");
        fs::write(self.home.path().join("config.json"), text).unwrap();
        self
    }

    fn command(&self) -> Command {
        let mut command = self.checkout.command();
        command
            .env("RUN_BUILD_CACHE", "on")
            .env("RUN_BUILD_CACHE_DIR", self.home.path().join("builds"))
            .env("DOCKER_CONFIG", self.home.path())
            .env_remove("REGISTRY_AUTH_FILE")
            .env_remove("XDG_RUNTIME_DIR")
            .env_remove("AWS_ENDPOINT_URL")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command().args(arguments))
    }

    #[track_caller]
    fn build(&self, expected: &[&str]) -> Outcome {
        let outcome = self.run(&["build", "--explain"]).success();
        for secret in [KEY.1, PASSWORD, &base64(&format!("{USER}:{PASSWORD}"))] {
            assert!(!outcome.to_string().contains(secret), "{outcome}");
        }
        for line in expected {
            assert!(outcome.has_said(line), "{line}: {outcome}");
        }
        outcome
    }

    /// As if nothing had been built here yet.
    fn forget(&self, cache: bool) {
        let own = self.home.path().join("builds");
        let of_project = ["target", ".run/build"].map(|path| self.checkout.path(path));
        for dir in of_project.into_iter().chain(cache.then_some(own)) {
            if dir.exists() {
                fs::remove_dir_all(dir).unwrap();
            }
        }
    }
}

/// A pair of keys that the command made.
struct Key {
    file: PathBuf,
    public: String,
    _dir: tempfile::TempDir,
}

impl Key {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key.pem");
        let made = run_tests::run(dir.path(), &["cache", "key", "new", file.to_str().unwrap()]);
        Self {
            public: made.success().stdout.trim().to_owned(),
            file,
            _dir: dir,
        }
    }
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for bytes in text.as_bytes().chunks(3) {
        let value = bytes
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte));
        let value = value << (8 * (3 - bytes.len()));
        for place in 0..4 {
            let digit = DIGITS[(value >> (18 - 6 * place)) as usize & 63];
            let there = place <= bytes.len();
            out.push(if there { char::from(digit) } else { '=' });
        }
    }
    out
}

const BUILT: &str = "Built app";
const SHARED: &str = "of the remote cache)";

/// What one machine built is had by others, as long as they trust it.
fn is_shared(ours: &dyn Fn() -> Machine, key: &Key) {
    let first = ours().writes(key);
    first.build(&[BUILT]);
    first.forget(true);
    first.build(&[SHARED]);

    let second = ours();
    second.build(&[
        "Because app: taken from the remote build cache: it was built before from the same, and signed with the key",
        "of the remote cache",
    ]);
    second.forget(false);
    let again = second.build(&[
        "Cached app",
        "taken from the build cache:",
        "signed with the key",
    ]);
    assert!(!again.has_said("of the remote cache"), "{again}");
    second.forget(true);
    let events = second.run(&["build", "--json"]).success();
    let cached = &events.lines()[0];
    assert_eq!(cached["event"], "cached");
    assert_eq!(cached["cache"], "remote");

    // Another source is another build, which a reader does not put in.
    let third = ours();
    fs::write(third.checkout.path("web/app.tools"), "other").unwrap();
    third.build(&[BUILT, "and none of these sources"]);
    third.forget(true);
    third.build(&[BUILT]);

    // Nor is there anything for who trusts another key, or wants no network.
    let fourth = ours().set("RUN_BUILD_CACHE_REMOTE_KEYS", &Key::new().public);
    fourth.build(&[BUILT, "it is signed with a key that is not trusted"]);
    let fifth = ours();
    fifth.run(&["build", "--offline"]).success().says(&[BUILT]);
}

#[test]
fn a_registry_shares_builds() {
    let server = Server::registry();
    let key = Key::new();
    let place = format!("oci://{}/team/cache", server.address);
    is_shared(
        &|| Machine::with(&place, &key).logged_in(&server.address),
        &key,
    );

    // Who may not in builds without it.
    let stranger = Machine::with(&place, &key);
    let outcome = stranger.build(&[BUILT, "refused access (401, UNAUTHORIZED)", "log in to"]);
    assert_eq!(outcome.stderr.matches("warning:").count(), 1, "{outcome}");
}

#[test]
fn a_bucket_shares_builds() {
    let server = Server::store();
    let key = Key::new();
    let place = format!("s3://{BUCKET}/team/run");
    is_shared(
        &|| Machine::with(&place, &key).for_store(&server.address),
        &key,
    );
    let below = |path: &PathBuf| path.to_str().unwrap().contains("/builds/team/run/entry-");
    assert!(server.files().iter().any(below), "{:?}", server.files());

    let other = |name: &str, value: &str| {
        let machine = Machine::with(&place, &key).for_store(&server.address);
        machine.set(name, value)
    };
    other("AWS_SECRET_ACCESS_KEY", "another").build(&[BUILT, "(403, SignatureDoesNotMatch)"]);
    other("RUN_BUILD_CACHE_REMOTE", "s3://nobodys").build(&[BUILT, "answered 404, NoSuchBucket"]);
}

/// A machine and a store that has its build, of which it has forgotten all.
fn filled(key: &Key) -> (Machine, Fake) {
    let fake = Fake::new();
    let machine = Machine::with("s3://b", key)
        .for_store(&fake.address)
        .writes(key);
    machine.build(&[BUILT]);
    assert_eq!(fake.objects().len(), 3, "a shape, an entry, a component");
    machine.forget(true);
    (machine, fake)
}

#[test]
fn what_is_wrong_with_a_store_costs_a_warning_and_a_build() {
    let key = Key::new();
    let (machine, fake) = filled(&key);
    machine.build(&[SHARED]);
    let good = fake.objects();
    let component = good.iter().find(|(path, _)| path.ends_with(".wasm"));
    let size = component.unwrap().1.len();
    let too_much = format!("sent more than {size} bytes");
    let status = |status, body: &[u8]| Fault::Status(status, Vec::new(), body.to_vec());
    let cases: &[(&str, Fault, &str)] = &[
        (
            "shapes-",
            status(500, b"<Code>Secret</Code>"),
            "500, Internal Server Error",
        ),
        (
            "shapes-",
            status(401, b""),
            "refused access (401, Unauthorized)",
        ),
        (
            "shapes-",
            status(403, b"<Code>AccessDenied</Code>"),
            "403, AccessDenied",
        ),
        ("shapes-", Fault::Cut, "cannot be reached"),
        ("shapes-", Fault::Endless, "sent more than 1048576 bytes"),
        (
            "shapes-",
            Fault::Bytes(b"<html>".to_vec()),
            "it is not signed",
        ),
        ("entry-", Fault::Bytes(b"{}".to_vec()), "it is not signed"),
        ("entry-", Fault::Cut, "cannot be reached"),
        (".wasm", Fault::Bytes(vec![7; size]), "in the place of"),
        (".wasm", Fault::Bytes(vec![7; size + 1]), &too_much),
        (".wasm", Fault::Endless, &too_much),
        (".wasm", Fault::Cut, "cannot be reached"),
        (".wasm", status(404, b""), "none of these sources"),
        (
            ".wasm",
            Fault::Status(302, vec![("location".into(), "/x".into())], Vec::new()),
            "answered 302, Found",
        ),
    ];
    for (part, fault, expected) in cases {
        machine.forget(true);
        fake.keep(good.clone());
        fake.fails(part, fault.clone());
        machine.build(&[BUILT, expected]);
        fake.works();
    }
    machine.forget(true);
    fake.keep(good);
    machine.build(&[SHARED]);
}

#[test]
fn what_was_not_signed_for_its_place_is_not_believed() {
    let key = Key::new();
    let (machine, fake) = filled(&key);
    let good = fake.objects();
    let entry = |objects: &std::collections::BTreeMap<String, Vec<u8>>| {
        let mut found = objects.iter().filter(|(path, _)| path.contains("entry-"));
        let (path, bytes) = found.next().unwrap();
        (path.clone(), bytes.clone())
    };
    let (path, signed) = entry(&good);
    let wrong = |name: &str, change: &dyn Fn(&mut serde_json::Value)| {
        let mut document: serde_json::Value = serde_json::from_slice(&signed).unwrap();
        change(&mut document);
        fake.change("entry-", |bytes| *bytes = document.to_string().into_bytes());
        machine.forget(true);
        machine.build(&[BUILT, name]);
        fake.keep(good.clone());
    };
    let forged = |document: &mut serde_json::Value| {
        let text = document["text"].as_str().unwrap();
        let other = text.replace("\"programs\":[", "\"programs\":[\"elmc\"");
        assert_ne!(text, other);
        document["text"] = other.into();
    };
    wrong("its signature is wrong", &forged);
    wrong("it is not signed", &|document| {
        document["signature"] = "".into()
    });
    wrong("a key that is not trusted", &|document| {
        document["key"] = "0".repeat(64).into()
    });

    // The entry of another build is as well signed, and for another place.
    machine.forget(true);
    fs::write(machine.checkout.path("web/app.tools"), "other").unwrap();
    machine.build(&[BUILT]);
    let mut both = fake.objects();
    let other = both
        .keys()
        .find(|name| name.contains("entry-") && **name != path);
    let other = both[&other.unwrap().clone()].clone();
    both.insert(path, other);
    fake.keep(both);
    machine.forget(true);
    fs::write(machine.checkout.path("web/app.tools"), "source").unwrap();
    machine.build(&[BUILT, "its signature is wrong"]);
}

#[test]
fn a_project_gets_no_credentials_and_no_say_in_others() {
    let key = Key::new();
    let (machine, fake) = filled(&key);
    let signed = |fake: &Fake| {
        let seen = fake.seen();
        assert!(!seen.is_empty());
        let is = |name: &str| name == "authorization" || name.starts_with("x-amz-");
        seen.iter()
            .any(|seen| seen.headers.iter().any(|(name, _)| is(name)))
    };
    assert!(signed(&fake), "the store that the user named");

    // A project that names its own store has it asked, without credentials.
    let hostile = |endpoint: &str| {
        let machine = Machine::new().for_store("127.0.0.1:1");
        let path = machine.checkout.path("run.toml");
        let text = fs::read_to_string(&path).unwrap();
        let cache = format!(
            "\n[build.cache]\nurl = \"s3://b\"\nendpoint = \"http://{endpoint}\"\npublic_keys = [\"{}\"]\nmode = \"read-write\"\n",
            key.public
        );
        fs::write(path, text + &cache).unwrap();
        machine
    };
    let theirs = hostile(&fake.address);
    theirs.build(&["of the remote cache"]);
    assert!(!signed(&fake), "the store that the project named");
    let puts = |fake: &Fake| fake.seen().iter().any(|seen| seen.method == "PUT");
    fs::write(theirs.checkout.path("web/app.tools"), "other").unwrap();
    theirs.build(&[BUILT]);
    assert!(!puts(&fake), "there is no key to sign with");

    // What it trusts, another project with the same cache does not.
    let ours = Machine {
        home: theirs.home,
        ..Machine::new()
    };
    ours.build(&[BUILT]);
    drop(machine);
}

#[test]
fn a_registrys_redirects_get_no_credentials_and_lead_nowhere_in_the_clear() {
    let key = Key::new();
    let (registry, elsewhere) = (Fake::new(), Fake::new());
    let place = format!("oci://{}/team/cache", registry.address);
    let machine = Machine::with(&place, &key)
        .logged_in(&registry.address)
        .writes(&key);
    let asks = |realm: &str| {
        let header = format!("Bearer realm=\"{realm}\",service=\"s\"");
        Fault::Status(401, vec![("www-authenticate".into(), header)], Vec::new())
    };
    machine.build(&[BUILT]);
    let tokens = registry.seen();
    assert!(
        tokens
            .iter()
            .all(|seen| !seen.headers.iter().any(|(n, _)| n == "authorization"))
    );

    // A token service is told who asks, and for what.
    let service = Fake::new();
    service.fails("/token", Fault::Bytes(b"{\"token\": \"abc\"}".to_vec()));
    registry.fails(
        "/manifests/",
        asks(&format!("http://{}/token", service.address)),
    );
    machine.forget(true);
    machine.build(&[BUILT, "refused access (401"]);
    let asked = service.seen();
    assert!(
        asked[0]
            .path
            .contains("scope=repository%3Ateam%2Fcache%3Apull%2Cpush")
    );
    let carried = |seen: &[run_tests::fake::Seen], value: &str| {
        let header = ("authorization".to_owned(), value.to_owned());
        seen.iter().any(|seen| seen.headers.contains(&header))
    };
    assert!(carried(
        &asked,
        &format!("Basic {}", base64(&format!("{USER}:{PASSWORD}")))
    ));
    assert!(carried(&registry.seen(), "Bearer abc"));
    registry.works();

    for realm in ["http://a.test/token", "https://127.0.0.1:1/token"] {
        registry.fails("/manifests/", asks(realm));
        machine.forget(true);
        machine.build(&[BUILT]);
        registry.works();
    }

    // A blob may be elsewhere.
    let moved = |to: &str| Fault::Status(307, vec![("location".into(), to.to_owned())], Vec::new());
    elsewhere.keep(registry.objects());
    registry.fails(
        "/blobs/",
        moved(&format!("http://{}/blobs/x", elsewhere.address)),
    );
    elsewhere.fails("/blobs/x", Fault::Bytes(b"\0asm\x0d\0\x01\0".to_vec()));
    machine.forget(true);
    machine.build(&[BUILT, "instead of sha256:"]);
    assert!(
        elsewhere
            .seen()
            .iter()
            .all(|seen| !seen.headers.iter().any(|(n, _)| n == "authorization"))
    );
    for (to, expected) in [
        ("http://a.test/x", "an address that is not encrypted"),
        ("", "it redirects without end"),
    ] {
        registry.works();
        registry.fails("/blobs/", moved(to));
        machine.forget(true);
        machine.build(&[BUILT, expected]);
    }
}

#[test]
fn ctrl_c_does_not_wait_for_a_store() {
    let key = Key::new();
    let fake = Fake::new();
    fake.fails("shapes-", Fault::Silence);
    let machine = Machine::with("s3://b", &key)
        .for_store(&fake.address)
        .set("RUN_BUILD_CACHE_REMOTE_TIMEOUT", "60m");
    let (code, said) = interrupt(machine.command().args(["build", "--explain"]), || {
        fake.count() > 0
    });
    assert_eq!((code, said.as_str()), (Some(130), "stopped\n"));
    assert!(!machine.checkout.path("target").exists());
}

#[test]
fn keys_are_files_of_their_own() {
    use std::os::unix::fs::PermissionsExt;
    let key = Key::new();
    let mode = |mode| fs::set_permissions(&key.file, fs::Permissions::from_mode(mode)).unwrap();
    let file = key.file.to_str().unwrap();
    let run =
        |what: &str| run_tests::run(key.file.parent().unwrap(), &["cache", "key", what, file]);
    let meta = fs::metadata(&key.file).unwrap();
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    assert_eq!(run("show").success().stdout.trim(), key.public);
    run("new").failure().says(&["is there already"]);
    mode(0o640);
    run("show")
        .failure()
        .says(&["others than you can read the key"]);
    mode(0o600);
    fs::write(&key.file, "no key").unwrap();
    run("show")
        .failure()
        .says(&["this is no Ed25519 secret key"]);
}

#[test]
fn mistakes_in_what_configures_it_are_told() {
    let key = Key::new();
    let good = || Machine::with("s3://b", &key).for_store("127.0.0.1:1");
    for (name, value, expected) in [
        (
            "RUN_BUILD_CACHE_REMOTE",
            "https://a.test",
            "is not the address of a build cache",
        ),
        (
            "RUN_BUILD_CACHE_REMOTE_MODE",
            "reed",
            "did you mean `read`?",
        ),
        (
            "RUN_BUILD_CACHE_REMOTE_MODE",
            "read-write",
            "set RUN_BUILD_CACHE_SIGNING_KEY to a file",
        ),
        (
            "RUN_BUILD_CACHE_REMOTE_KEYS",
            "abc",
            "the public key `abc` of the build cache",
        ),
        (
            "RUN_BUILD_CACHE_REMOTE_KEYS",
            "",
            "has no public key whose builds would be believed",
        ),
        (
            "RUN_BUILD_CACHE_REMOTE_TIMEOUT",
            "5",
            "`5` is not a span of time",
        ),
        (
            "AWS_ENDPOINT_URL_S3",
            "http://a.test",
            "http is for this machine only; write https",
        ),
        (
            "AWS_ENDPOINT_URL_S3",
            "",
            "does not say which store it is in",
        ),
    ] {
        let outcome = good().set(name, value).run(&["build"]);
        outcome.failure().says(&[expected]);
    }
    let machine = good();
    let path = machine.checkout.path("run.toml");
    let text = fs::read_to_string(&path).unwrap();
    for (line, expected) in [
        ("url = \"s3://b\"", "public_keys"),
        (
            "url = \"ftp://b\"\npublic_keys = []",
            "is not the address of a build cache",
        ),
        (
            "url = \"s3://b\"\npublic_keys = []\ntoken = \"x\"",
            "has no key `token`",
        ),
        (
            "url = \"s3://b\"\npublic_keys = []\nmode = \"write\"",
            "is not a choice here",
        ),
    ] {
        fs::write(&path, format!("{text}\n[build.cache]\n{line}\n")).unwrap();
        machine.run(&["build"]).failure().says(&[expected]);
    }
    // Nobody is asked where it is off.
    fs::write(&path, &text).unwrap();
    machine.set("RUN_BUILD_CACHE_REMOTE", "off").build(&[BUILT]);
}
