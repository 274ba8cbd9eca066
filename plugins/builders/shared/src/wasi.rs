//! The WIT of WASI 0.2 that starters bring, because a world that names an
//! interface of WASI needs its package in `wit/deps`.

/// Files by their path in a project.
pub type Files = &'static [(&'static str, &'static str)];

/// What `wasi:http/incoming-handler` needs.
pub const HTTP: Files = &[
    (
        "wit/deps/wasi-clocks.wit",
        include_str!("../wit/clocks.wit"),
    ),
    ("wit/deps/wasi-http.wit", include_str!("../wit/http.wit")),
    ("wit/deps/wasi-io.wit", include_str!("../wit/io.wit")),
];

#[cfg(test)]
mod tests {
    use run_plugin_api::files;

    use crate::world::World;

    #[test]
    fn a_handler_needs_no_other_package() {
        let temp = tempfile::tempdir().unwrap();
        for (path, text) in super::HTTP {
            files::write(temp.path().join(path), text).unwrap();
        }
        let wit = temp.path().join("wit");
        files::write(
            wit.join("world.wit"),
            "package a:b;\nworld w { export wasi:http/incoming-handler@0.2.12; }",
        )
        .unwrap();
        let world = World::load(&wit, "a:b/w").unwrap();
        assert_eq!(world.exports(), ["wasi:http/incoming-handler@0.2.12"]);
        assert!(!world.is_program());
    }
}
