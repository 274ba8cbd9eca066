use super::*;

/// What lines show to have been refused.
fn judge(lines: &str, policy: &Policy) -> Vec<Refusal> {
    let mut judge = Judge::default();
    lines.lines().for_each(|line| judge.line(line, policy));
    judge.take().into_iter().collect()
}

/// Directories `src`, which may be read, `out`, which may be written, and `home`.
fn directories() -> (tempfile::TempDir, PathBuf, Policy) {
    let scratch = tempfile::tempdir().unwrap();
    let root = std::fs::canonicalize(scratch.path()).unwrap();
    for name in ["src", "out", "home"] {
        std::fs::create_dir(root.join(name)).unwrap();
        std::fs::write(root.join(name).join("file"), "x").unwrap();
    }
    let policy = Policy {
        read: vec![root.join("src")],
        write: vec![root.join("out")],
        ..Policy::default()
    };
    (scratch, root, policy)
}

#[test]
fn paths_as_programs_print_them() {
    for (line, expected) in [
        ("open /a/b: permission denied", &["/a/b"][..]),
        ("[Errno 13] Permission denied: '/a b/c'", &["/a b/c"]),
        ("EACCES: permission denied, open '/a/b.txt'", &["/a/b.txt"]),
        ("cannot open ‘/a/b’ for reading", &["/a/b"]),
        ("x/y and / and src/z", &[]),
        ("(/a, /b)", &["/a", "/b"]),
    ] {
        let expected: Vec<_> = expected.iter().map(PathBuf::from).collect();
        assert_eq!(paths(line), expected, "{line}");
    }
}

#[test]
fn only_what_the_policy_refuses_is_blamed_on_it() {
    let (_guard, root, policy) = directories();
    let at = |name: &str| root.join(name);
    let judged = |path: &str| {
        let line = format!("cannot open {}: Permission denied", at(path).display());
        judge(&line, &policy)
    };
    assert_eq!(judged("home/file"), [Refusal::Read(at("home/file"))]);
    assert_eq!(judged("home/new"), [Refusal::Write(at("home/new"))]);
    assert_eq!(judged("src/file"), [Refusal::Write(at("src/file"))]);
    assert_eq!(judged("src/new"), [Refusal::Write(at("src/new"))]);
    assert_eq!(judged("out/file"), []);
    assert_eq!(judged("out/new"), []);
    assert_eq!(judged("nowhere/at/all"), []);
    let line = format!("wrote {}", at("home/file").display());
    assert_eq!(judge(&line, &policy), []);
}

#[test]
fn a_path_may_stand_in_another_line_than_the_words() {
    let (_guard, root, policy) = directories();
    let home = Refusal::Read(root.join("home/file"));
    let (src, root) = (root.join("src/file"), root.display());
    let src = src.display();
    for lines in [
        format!("cannot load {root}/home/file\n\nCaused by:\n  Permission denied (os error 13)\n"),
        format!("error: AccessDenied\n{src}:3:1: in build\n  open(\"{root}/home/file\");\n"),
        format!("{src}:3:1: cannot open {root}/home/file:1:2: AccessDenied\n"),
    ] {
        assert_eq!(
            judge(&lines, &policy),
            std::slice::from_ref(&home),
            "{lines}"
        );
    }
    let far = format!("{root}/home/file\n{}error: AccessDenied", "\n".repeat(NEAR));
    assert_eq!(judge(&far, &policy), []);
    assert_eq!(judge(&format!("{src}\nerror: AccessDenied"), &policy), []);
}

#[test]
fn messages_for_programs_are_read_as_their_texts() {
    let (_guard, root, policy) = directories();
    let said = format!(
        "cannot read \"{}/home/file\": Permission denied",
        root.display()
    );
    let line = serde_json::json!({
        "package": root.join("src"),
        "message": { "text": said, "shown": format!("{said}\n --> {}/src/file", root.display()) },
    });
    let expected = Refusal::Read(root.join("home/file"));
    assert_eq!(judge(&line.to_string(), &policy), [expected]);
}

#[test]
fn the_network_is_refused_only_where_there_is_none() {
    let online = Policy {
        network: true,
        ..Policy::default()
    };
    let line = "OSError: [Errno 100] Network is down";
    assert_eq!(judge(line, &Policy::default()), [Refusal::Network]);
    assert_eq!(judge(line, &online), []);
}
