//! A core module that was made for the platform is deployed as it is.

use run_tests::Scratch;
use run_tests::command::workspace;
use run_tests::edge::fastly::{Package, Shop, command, viceroy};

const FOREIGN: &str = r#"(module
    (import "fastly_http_req" "body_downstream_get" (func (param i32 i32) (result i32)))
    (import "env" "log" (func))
    (import "wasi:http/types@0.2.0" "[method]fields.get" (func))
    (func (export "_start")))"#;

#[test]
fn a_core_module_is_deployed_as_it_is() {
    let module = wat::parse_file(workspace().join("tests/edge/module.wat")).unwrap();
    let scratch = Scratch::new();
    let path = scratch.path().join("module.wasm");
    std::fs::write(&path, &module).unwrap();
    let mut shop = Shop::of(&path, "domains = [\"shop.test\"]");
    shop.deploy()
        .failure()
        .says(&["is a core module, and no component", "`module = true`"]);
    shop.project.option("module = true");
    let _ = shop.deploy();
    let sent = shop.changes();
    let upload = sent.iter().find(|r| r.path.ends_with("/package")).unwrap();
    let package = Package::of(upload);
    assert!(package.component() == module, "another module was uploaded");

    let file = scratch.path().join("package.tar.gz");
    std::fs::write(&file, &package.bytes).unwrap();
    let said = command(&["compute", "validate", "--package"], &file);
    assert!(said.contains("Validated package"), "{said}");
    let running = viceroy(package.component(), "");
    let hello = running.ask("POST", "/", "", b"and back");
    assert_eq!(
        (hello.status, hello.text().as_str()),
        (203, "Hello from a core module\nand back")
    );
    running.says("Hello from a core module");

    // Nobody would read them.
    shop.project.option("variables = { GREETING = \"hi\" }");
    shop.deploy()
        .failure()
        .says(&["read by the adapter", "`config_stores`"]);
    let foreign = wat::parse_str(FOREIGN).unwrap();
    std::fs::write(shop.project.scratch().path().join("handler.wasm"), foreign).unwrap();
    shop.deploy().failure().says(&[
        "imports `env.log`, `wasi:http/types@0.2.0.[method]fields.get`, which",
        "`fastly_…`",
    ]);
    assert_eq!(shop.changes().len(), 0);
}
