//! Zig through its plugin, with the real compiler.

use run_files::Digest;
use run_tests::command;
use run_tests::{Outcome, Scratch, Tools, User, greeter, tools};

const GREETER: &str = r#"
const std = @import("std");
const wit = @import("wit");
const text = @import("text.zig");

export fn exports_demo_greet_greeter_greet(name: *wit.typed_string_t, ret: *wit.typed_string_t) void {
    defer wit.typed_string_free(name);
    ret.* = text.print("Hello, {s}, from Zig!", .{text.slice(name)});
}

export fn exports_demo_greet_greeter_measure(it: *wit.typed_string_t, ret: *wit.exports_demo_greet_greeter_stats_t) void {
    defer wit.typed_string_free(it);
    ret.upper = text.print("{s}", .{text.slice(it)});
    for (ret.upper.ptr[0..ret.upper.len]) |*byte| byte.* = std.ascii.toUpper(byte.*);
    ret.length = @intCast(std.unicode.utf8CountCodepoints(text.slice(it)) catch 0);
}

export fn exports_demo_greet_greeter_parse(it: *wit.typed_string_t, ret: *u32, err: *wit.typed_string_t) bool {
    defer wit.typed_string_free(it);
    ret.* = std.fmt.parseInt(u32, text.slice(it), 10) catch {
        err.* = text.print("not a number: {s}", .{text.slice(it)});
        return false;
    };
    return true;
}
"#;

const TEXT: &str = r#"
const std = @import("std");
const wit = @import("wit");

pub fn slice(string: *const wit.typed_string_t) []const u8 {
    return string.ptr[0..string.len];
}

pub fn print(comptime format: []const u8, args: anytype) wit.typed_string_t {
    const made = std.fmt.allocPrint(std.heap.c_allocator, format, args) catch @panic("out of memory");
    return .{ .ptr = made.ptr, .len = made.len };
}
"#;

const HELLO: &str = r#"
const std = @import("std");

pub fn main(init: std.process.Init) !void {
    const arguments = try init.minimal.args.toSlice(init.arena.allocator());
    var buffer: [1024]u8 = undefined;
    var stdout = std.Io.File.stdout().writerStreaming(init.io, &buffer);
    for (arguments[1..]) |argument| try stdout.interface.print("{s}\n", .{argument});
    try stdout.interface.flush();
    std.process.exit(@intCast(arguments.len));
}
"#;

fn run_toml(components: &[&str]) -> String {
    greeter::run_toml("zig", components)
}

fn typed() -> Scratch {
    Scratch::with(&[
        (
            "run.toml",
            &run_toml(&["name = \"greeter\"\nsource = \"src/root.zig\"\nwit = \"wit\"\n"]),
        ),
        ("src/root.zig", GREETER),
        ("src/text.zig", TEXT),
        ("wit/greeter.wit", greeter::WIT),
    ])
}

fn zig() -> Tools {
    tools::of("zig")
}

#[test]
fn a_root_file_implements_a_world() {
    let scratch = typed();
    scratch.run_with(&zig(), &["build", "--release"]).success();
    greeter::implements(&scratch, "Zig", "GRößE");
    assert_eq!(
        greeter::call(&scratch, "greet", "string:"),
        "Hello, , from Zig!"
    );

    let again = |expected: &str| {
        let outcome = scratch.run_with(&zig(), &["build", "--release"]).success();
        assert!(outcome.stderr.contains(expected), "{expected}: {outcome}");
    };
    again("Fresh greeter");
    scratch.write("src/other.zig", "");
    again("Fresh greeter");
    scratch.write("src/text.zig", &format!("{TEXT}// more\n"));
    again("Built greeter");
}

#[test]
fn programs_get_arguments_and_give_their_exit_code() {
    let scratch = Scratch::with(&[
        (
            "run.toml",
            &run_toml(&["name = \"hello\"\nsource = \".\"\ncapabilities = [\"stdout\"]\n"]),
        ),
        ("main.zig", HELLO),
    ]);
    scratch.run_with(&zig(), &["build", "--release"]).success();
    let outcome = scratch.run(&["exec", "hello", "--", "a", "b"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(3), "a\nb\n"));
}

#[test]
fn a_project_is_built_as_its_build_zig_says() {
    let scratch = Scratch::with(&[
        (
            "run.toml",
            &run_toml(&[
                "name = \"hello\"\nsource = \"build.zig\"\ncapabilities = [\"stdout\"]\n\
                 settings = { artifact = \"tool\", options = [\"word=made\"] }\n",
            ]),
        ),
        (
            "build.zig",
            r#"
const std = @import("std");

pub fn build(b: *std.Build) void {
    const options = b.addOptions();
    options.addOption([]const u8, "word", b.option([]const u8, "word", "what is said") orelse "none");
    const module = b.createModule(.{
        .root_source_file = b.path("src/main.zig"),
        .target = b.standardTargetOptions(.{}),
        .optimize = b.standardOptimizeOption(.{}),
    });
    module.addOptions("options", options);
    b.installArtifact(b.addExecutable(.{ .name = "tool", .root_module = module }));
    b.installArtifact(b.addExecutable(.{ .name = "other", .root_module = module }));
}
"#,
        ),
        (
            "src/main.zig",
            r#"
const std = @import("std");
const options = @import("options");

pub fn main(init: std.process.Init) !void {
    var buffer: [1024]u8 = undefined;
    var stdout = std.Io.File.stdout().writerStreaming(init.io, &buffer);
    try stdout.interface.print("{s}\n", .{options.word});
    try stdout.interface.flush();
}
"#,
        ),
    ]);
    scratch.run_with(&zig(), &["build", "--release"]).success();
    assert_eq!(scratch.run(&["exec", "hello"]).success().stdout, "made\n");
    let nothing = scratch.run_with(&zig(), &["build", "--release"]).success();
    assert!(nothing.stderr.contains("Fresh hello"), "{nothing}");

    scratch.write(
        "run.toml",
        &run_toml(&["name = \"hello\"\nsource = \"build.zig\"\n"]),
    );
    scratch
        .run_with(&zig(), &["build", "--release"])
        .failure()
        .says(&["build.zig installs several programs: `other`, `tool`"]);
}

#[test]
fn starters_build_and_pass_their_own_tests() {
    for template in ["library", "command"] {
        greeter::starter_passes("zig", template, &zig());
    }
}

#[test]
fn mistakes_are_shown_at_their_place() {
    let scratch = typed();
    scratch.write(
        "src/text.zig",
        &TEXT.replace(
            "return string.ptr[0..string.len];",
            "return string.pointer;",
        ),
    );
    scratch
        .run_with(&zig(), &["build", "--release"])
        .failure()
        .says(&[
            "no field named 'pointer'",
            "src/text.zig:6:",
            "return string.pointer;",
            "`greeter` does not compile: 1 error",
        ]);
    assert!(!scratch.has("target/wasm/greeter.wasm"));

    scratch.write("src/text.zig", TEXT);
    scratch.write(
        "src/root.zig",
        &GREETER.replace("greeter_greet(", "greeter_great("),
    );
    scratch
        .run_with(&zig(), &["build", "--release"])
        .failure()
        .says(&[
            "the world exports a function that nothing implements: \
             `exports_demo_greet_greeter_greet`",
            "write it: `export fn exports_demo_greet_greeter_greet(",
        ]);

    scratch.write(
        "run.toml",
        &run_toml(&["name = \"greeter\"\nsource = \"src/root.zig\"\n"]),
    );
    scratch
        .run_with(&zig(), &["build"])
        .failure()
        .says(&["has no `pub fn main`, and the component has no `wit`"]);
}

#[test]
fn without_zig_it_is_said_what_is_missing_and_how_to_get_it() {
    let scratch = typed();
    let mut command = command::command(scratch.path());
    command.env("PATH", scratch.path());
    Outcome::of(command.arg("build")).failure().says(&[
        "`zig` was not found: compiles the source",
        "ziglang==0.17.0",
    ]);
}

#[test]
fn the_same_bytes_come_from_any_directory_and_any_user() {
    let arguments = ["build", "--release", "--reproducible", "--offline"];
    let digest = |scratch: &Scratch| {
        Digest::of_file(&scratch.path().join("target/wasm/greeter.wasm"))
            .unwrap()
            .to_string()
    };
    let (ours, theirs) = (typed(), typed());
    ours.run_with(&zig(), &arguments).success();
    User::new().run(&theirs, &zig(), &arguments).success();
    assert_eq!(digest(&ours), digest(&theirs));
}
