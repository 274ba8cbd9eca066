//! Stores as they are run elsewhere, on this machine for one test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::tools;

/// A server that ends with the test.
pub struct Server {
    child: Child,
    /// `127.0.0.1:` and its port.
    pub address: String,
    data: tempfile::TempDir,
}

/// Who may use the registry.
pub const USER: &str = "u";
/// And the password: one whose hash is published, for the registry takes no
/// other form, and making one would take a library.
pub const PASSWORD: &str = "U*U";
const HASH: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

/// The id of the key that may use the store, and its secret.
pub const KEY: (&str, &str) = ("AKIDTEST", "the-secret-of-the-store");

/// The store's only bucket.
pub const BUCKET: &str = "builds";

impl Server {
    /// An OCI registry that wants a password for everything.
    ///
    /// # Panics
    /// It cannot be had or does not start.
    #[must_use]
    pub fn registry() -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let users = data.path().join("users");
        fs::write(&users, format!("{USER}:{HASH}\n")).expect("a file");
        let configuration = data.path().join("config.yml");
        let text = format!(
            "version: 0.1\n\
             storage: {{filesystem: {{rootdirectory: {}}}}}\n\
             http: {{addr: '127.0.0.1:0', secret: s}}\n\
             auth: {{htpasswd: {{realm: test, path: {}}}}}\n",
            data.path().join("data").display(),
            users.display(),
        );
        fs::write(&configuration, text).expect("a file");
        let mut command = Command::new("docker-registry");
        tools::of("registry").apply(&mut command);
        let mut child = command
            .arg("serve")
            .arg(configuration)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the registry starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log")).lines();
        let address = log
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, rest) = line.split_once("listening on ")?;
                Some(rest.split('"').next()?.to_owned())
            })
            .expect("it says where it listens");
        // Read on, or it would stand still once the pipe is full.
        std::thread::spawn(move || log.for_each(drop));
        Self {
            child,
            address,
            data,
        }
    }

    /// An S3-compatible store that lets one key in.
    ///
    /// # Panics
    /// It cannot be had or does not start.
    #[must_use]
    pub fn store() -> Self {
        let data = tempfile::tempdir().expect("a directory");
        fs::create_dir(data.path().join(BUCKET)).expect("a directory");
        // It does not say which port it got where it was told to take any.
        let port = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = port.local_addr().expect("its address").to_string();
        drop(port);
        let mut command = Command::new("versitygw");
        tools::of("store").apply(&mut command);
        let child = command
            .args(["--port", &address, "--quiet", "posix", "--nometa"])
            .arg(data.path())
            .env("ROOT_ACCESS_KEY", KEY.0)
            .env("ROOT_SECRET_KEY", KEY.1)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the store starts");
        let server = Self {
            child,
            address,
            data,
        };
        for _ in 0..600 {
            if TcpStream::connect(&server.address).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the store does not listen");
    }

    /// Every file that the server keeps.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        walk(self.data.path(), &mut files);
        files
    }
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => walk(&path, files),
            false => files.push(path),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
