//! The engines that run what is deployed, from the project's own set-up.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::Scratch;
use crate::command::{cargo, workspace};

use super::Reply;

/// Where the npm packages of `tests/edge/npm` are.
pub(super) fn packages() -> &'static Path {
    static PACKAGES: OnceLock<PathBuf> = OnceLock::new();
    PACKAGES.get_or_init(|| {
        let output = cargo()
            .current_dir(workspace())
            .args(["run", "--quiet", "--package", "xtask", "--", "edge"])
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "the packages cannot be had");
        let path = String::from_utf8(output.stdout).expect("UTF-8");
        Path::new(path.trim()).join("node_modules")
    })
}

/// One module of a Worker.
#[derive(Debug, Clone, Copy)]
pub struct Module<'a> {
    /// What it is imported by.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// A server that runs what was deployed.
pub struct Running {
    child: Child,
    authority: String,
    said: Arc<Mutex<String>>,
    _files: Scratch,
}

/// Cloudflare's runtime, with a Worker of these modules, the first of which is
/// the entry, and these variables. Its schedules are called by a request too.
///
/// # Panics
/// It does not start.
#[must_use]
pub fn workerd(modules: &[Module<'_>], variables: &[(&str, &str)], date: &str) -> Running {
    let files = Scratch::new();
    let mut listed = String::new();
    for module in modules {
        std::fs::write(files.path().join(module.name), module.bytes).expect("a module");
        let kind = if module.name.ends_with(".wasm") {
            "wasm"
        } else {
            "esModule"
        };
        let name = module.name;
        listed.push_str(&format!(
            "(name = \"{name}\", {kind} = embed \"{name}\"),\n"
        ));
    }
    let bindings: Vec<_> = variables
        .iter()
        .map(|(name, value)| format!("(name = \"{name}\", text = \"{value}\")"))
        .collect();
    let port = free_port();
    let config = format!(
        "using Workerd = import \"/workerd/workerd.capnp\";
const config :Workerd.Config = (
  services = [
    (name = \"main\", worker = .worker),
    (name = \"internet\", network = (allow = [\"private\", \"public\"])),
  ],
  sockets = [(name = \"http\", address = \"127.0.0.1:{port}\", http = (), service = \"main\")],
);
const worker :Workerd.Worker = (
  modules = [\n{listed}],
  compatibilityDate = \"{date}\",
  bindings = [{}],
);
",
        bindings.join(", ")
    );
    std::fs::write(files.path().join("config.capnp"), config).expect("a file");
    let mut command = Command::new(workerd_program());
    command.args(["serve", "config.capnp"]);
    Running::start(command, files, port)
}

/// Vercel's runtime is Node.js: serves the function whose files are below
/// `files`, with these variables.
///
/// # Panics
/// It does not start.
#[must_use]
pub fn node(files: Scratch, variables: &[(&str, &str)]) -> Running {
    let port = free_port();
    let serve = include_str!("serve.mjs");
    std::fs::write(files.path().join("serve.mjs"), serve).expect("a file");
    let mut command = Command::new(node_program());
    command.args(["serve.mjs", &port.to_string()]);
    command.env_clear().envs(variables.iter().copied());
    Running::start(command, files, port)
}

pub(super) fn node_program() -> PathBuf {
    match std::env::consts::OS {
        "linux" => {
            let machine = if cfg!(target_arch = "aarch64") {
                "arm64"
            } else {
                "x64"
            };
            packages().join(format!("node-linux-{machine}/bin/node"))
        }
        // There is no package of it: 24 or newer has to be there.
        _ => "node".into(),
    }
}

/// The program itself, and not the script that looks for it.
fn workerd_program() -> PathBuf {
    let system = if cfg!(target_os = "macos") {
        "darwin"
    } else {
        "linux"
    };
    let machine = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "64"
    };
    packages().join(format!(
        "@cloudflare/workerd-{system}-{machine}/bin/workerd"
    ))
}

impl Running {
    pub(super) fn start(command: Command, files: Scratch, port: u16) -> Self {
        let mut running = Self::spawn(command, files);
        running.listens(port);
        // Viceroy compiles before it listens, and a component may be an interpreter.
        let patience = Instant::now() + Duration::from_secs(300);
        while TcpStream::connect(&running.authority).is_err() {
            let ended = running.child.try_wait().expect("its state");
            assert!(ended.is_none(), "it ended: {}", running.said());
            assert!(
                Instant::now() < patience,
                "it is silent: {}",
                running.said()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        running
    }

    /// Starts it, and does not know yet where it will listen.
    pub(super) fn spawn(mut command: Command, files: Scratch) -> Self {
        let mut child = command
            .current_dir(files.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let said = Arc::new(Mutex::new(String::new()));
        listen(child.stdout.take().expect("a pipe"), &said);
        listen(child.stderr.take().expect("a pipe"), &said);
        Self {
            child,
            authority: String::new(),
            said,
            _files: files,
        }
    }

    /// That it listens on this port.
    pub(super) fn listens(&mut self, port: u16) {
        self.authority = format!("127.0.0.1:{port}");
    }

    /// For what it says in another way than by printing.
    pub(super) fn saying(&self) -> Arc<Mutex<String>> {
        self.said.clone()
    }

    /// What it printed so far.
    ///
    /// # Panics
    /// A thread of the test's panicked.
    #[must_use]
    pub fn said(&self) -> String {
        self.said.lock().expect("the listener is fine").clone()
    }

    /// Waits until it has printed this.
    ///
    /// # Panics
    /// It does not.
    pub fn says(&self, text: &str) {
        let patience = Instant::now() + Duration::from_secs(20);
        while !self.said().contains(text) {
            assert!(
                Instant::now() < patience,
                "`{text}` is not in {}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends a request.
    ///
    /// # Panics
    /// There is no answer, or none of HTTP.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Reply {
        let stream = TcpStream::connect(&self.authority).expect("it listens");
        let start = Instant::now();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             content-length: {}\r\n{headers}\r\n",
            self.authority,
            body.len()
        );
        (&stream).write_all(head.as_bytes()).expect("it reads");
        // While it answers already: a body that is echoed is larger than buffers.
        std::thread::scope(|scope| {
            scope.spawn(|| (&stream).write_all(body).expect("it reads"));
            Reply::read(&mut BufReader::new(&stream), start)
        })
    }

    /// Gets a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "", b"")
    }
}

fn listen(from: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = said.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut said = said.lock().expect("the test is fine");
            said.push_str(&line);
            said.push('\n');
        }
    });
}

pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
