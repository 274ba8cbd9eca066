use std::fs;
use std::path::Path;

use super::*;

struct Fixture {
    dir: tempfile::TempDir,
    options: CacheOptions,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = CacheOptions {
            mode: CacheMode::ReadWrite,
            dir: Some(dir.path().join("builds")),
            size: 1 << 30,
            remote: None,
        };
        let fixture = Self { dir, options };
        fixture.write("a/main.elm", "one");
        fixture
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn root(&self, checkout: &str) -> PathBuf {
        self.dir.path().join(checkout)
    }

    /// Keeps `text` as what was built in a checkout.
    fn keep(&self, checkout: &str, text: &str) -> Wasm {
        let root = self.root(checkout);
        let component = component(text);
        let inputs = Inputs::look(&root, &["*.elm".to_owned()]);
        let entry = Entry::new(component.digest(), 1, vec!["elmc".into()], None);
        fs::create_dir_all(root.join(".run")).unwrap();
        let cache = BuildCache::open(&self.options, &root, &Cancel::default());
        cache.keep(
            &query(&root, &Places::of(&root)),
            &inputs,
            &component,
            &entry,
        );
        cache.settle();
        component
    }

    fn find(&self, checkout: &str) -> Option<Digest> {
        let root = self.root(checkout);
        let cache = BuildCache::open(&self.options, &root, &Cancel::default());
        let hit = cache.find(&query(&root, &Places::of(&root)), "x").ok()?;
        Some(hit.component.digest())
    }

    /// The only file of a kind.
    fn file(&self, kind: &str) -> PathBuf {
        let only = |dir: &Path| {
            let mut entries = fs::read_dir(dir).unwrap();
            let path = entries.next().unwrap().unwrap().path();
            assert!(entries.next().is_none());
            path
        };
        only(&only(&self.dir.path().join("builds").join(kind)))
    }
}

fn query<'q>(root: &'q Path, places: &'q Places) -> Query<'q> {
    Query {
        first: Digest::of(b"facts"),
        root,
        places,
    }
}

/// A component with a text in it.
fn component(text: &str) -> Wasm {
    let text = format!("(component (@custom \"note\" \"{text}\"))");
    Wasm::from_bytes("x", text.into_bytes()).unwrap()
}

#[test]
fn the_same_contents_give_the_component_in_any_checkout() {
    let fixture = Fixture::new();
    assert_eq!(fixture.find("a"), None);
    let built = fixture.keep("a", "built").digest();
    assert_eq!(fixture.find("a"), Some(built));
    fixture.write("b/main.elm", "one");
    assert_eq!(fixture.find("b"), Some(built));
    for (path, text) in [("b/main.elm", "two"), ("a/other.elm", "")] {
        fixture.write(path, text);
    }
    assert_eq!(fixture.find("a"), None, "a file more");
    assert_eq!(fixture.find("b"), None, "another content");
}

#[test]
fn what_holds_the_path_of_a_checkout_stays_in_it() {
    let fixture = Fixture::new();
    let path = fixture.root("a").display().to_string();
    let built = fixture.keep("a", &path).digest();
    fixture.write("b/main.elm", "one");
    assert_eq!(fixture.find("a"), Some(built));
    assert_eq!(fixture.find("b"), None);
}

#[test]
fn damaged_entries_are_removed_and_nothing_else_comes_of_it() {
    for kind in ["shapes", "entries", "artifacts"] {
        for damage in [&b""[..], b"{}", b"(component)", b"\xff\xff"] {
            let fixture = Fixture::new();
            let built = fixture.keep("a", "built").digest();
            let file = fixture.file(kind);
            fs::write(&file, damage).unwrap();
            assert_eq!(fixture.find("a"), None, "{kind} {damage:?}");
            assert!(!file.exists(), "{kind} {damage:?}");
            fixture.keep("a", "built");
            assert_eq!(fixture.find("a"), Some(built), "it is kept anew");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_others_could_have_written_is_not_believed() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    fixture.keep("a", "built");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let builds = fixture.dir.path().join("builds");
    assert_eq!(
        fs::metadata(&builds).unwrap().permissions().mode() & 0o777,
        0o700
    );
    mode(&fixture.file("artifacts"), 0o666);
    assert_eq!(fixture.find("a"), None);
    let built = fixture.keep("a", "built").digest();
    mode(&builds, 0o755);
    assert_eq!(fixture.find("a"), None);
    mode(&builds, 0o700);
    assert_eq!(fixture.find("a"), Some(built));
}

#[test]
fn reading_alone_puts_nothing_in_and_forgetting_takes_out_what_is_own() {
    let mut fixture = Fixture::new();
    let built = fixture.keep("a", "built").digest();
    fixture.options.mode = CacheMode::Read;
    fixture.write("a/main.elm", "two");
    fixture.keep("a", "other");
    assert_eq!(fixture.find("a"), None);
    fixture.options.mode = CacheMode::Off;
    fixture.write("a/main.elm", "one");
    assert_eq!(fixture.find("a"), None);

    fixture.options.mode = CacheMode::ReadWrite;
    fixture.write("b/main.elm", "one");
    assert_eq!(fixture.find("b"), Some(built));
    assert_eq!(
        forget(&fixture.options, &fixture.root("b")),
        0,
        "nothing was noted"
    );
    assert_eq!(forget(&fixture.options, &fixture.root("a")), 1);
    assert_eq!(fixture.find("b"), None);
}
