//! A server in place of Amazon's API: moto, which checks signatures and what a
//! key's policy permits, behind one that keeps what comes and can fail.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Answer, Platform, Project, Request};
use crate::Scratch;
use crate::command::workspace;
use crate::{machine, tools};

/// Where functions are.
const REGION: &str = "eu-central-1";

/// What is there before moto asks for a key: a user, its policy, its key; twice. And
/// a log, its stream, its lines.
const UNCHECKED: &str = "9";

/// How many lines the function `handler` has logged: more than one page has.
pub const LOGGED: usize = 1100;

/// A key's id and secret.
pub type Key = (String, String);

/// The running server.
pub struct Aws {
    /// What the command is told to speak to.
    pub platform: Platform,
    /// Of a user who may do what the documentation says is needed.
    pub key: Key,
    /// Of one who may only read.
    pub reader: Key,
    /// `127.0.0.1:` and a port.
    moto: String,
    child: Child,
}

impl Aws {
    /// Starts it, with a policy that permits these actions.
    ///
    /// # Panics
    /// It cannot be had or does not start.
    #[must_use]
    pub fn start(actions: &[String]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port");
        let moto = port.local_addr().expect("its address").to_string();
        drop(port);
        let mut command = Command::new("python3");
        tools::of("moto").apply(&mut command);
        let child = command
            .arg(workspace().join("tests/edge/moto/serve.py"))
            .arg(moto.rsplit(':').next().expect("a port"))
            .env("INITIAL_NO_AUTH_ACTION_COUNT", UNCHECKED)
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 starts");
        let behind = moto.clone();
        let mut aws = Self {
            platform: Platform::start(move |request| forwarded(&behind, request)),
            key: Key::default(),
            reader: Key::default(),
            moto,
            child,
        };
        let until = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(&aws.moto).is_err() {
            assert!(Instant::now() < until, "moto does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        aws.key = aws.user("deployer", &json!(actions));
        aws.reader = aws.user("reader", &json!(["lambda:Get*", "iam:GetRole"]));
        aws.log(LOGGED);
        aws
    }

    /// What is deployed there with this key, to the machine that is tested.
    ///
    /// # Panics
    /// The runner cannot be had.
    #[must_use]
    pub fn project(&self, key: &Key, component: &Path, options: &str) -> Project {
        machine::install();
        self.project_on(&machine::target(), key, component, options)
    }

    /// The same, to machines of a target of the runner's.
    #[must_use]
    pub fn project_on(
        &self,
        target: &str,
        (id, secret): &Key,
        component: &Path,
        options: &str,
    ) -> Project {
        let machine = architecture(target);
        let options = format!("region = \"{REGION}\"\narchitecture = \"{machine}\"\n{options}");
        Project::new(
            component,
            "aws-lambda",
            &options,
            &[
                ("AWS_ENDPOINT_URL", self.platform.url().as_str()),
                ("AWS_ACCESS_KEY_ID", id),
                ("AWS_SECRET_ACCESS_KEY", secret),
            ],
        )
    }

    /// Lets the function `handler` have logged these lines in the last minute, one
    /// each millisecond.
    fn log(&self, lines: usize) {
        let group = json!("/aws/lambda/handler");
        self.logs("CreateLogGroup", &json!({ "logGroupName": group }));
        let stream = json!({ "logGroupName": group, "logStreamName": "s" });
        self.logs("CreateLogStream", &stream);
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let start = (now.expect("a time after 1970").as_secs() - 60) * 1000;
        let event = |n| json!({ "timestamp": start + n as u64, "message": format!("line {n}\n") });
        let events: Vec<_> = (0..lines).map(event).collect();
        let mut all = stream;
        all["logEvents"] = events.into();
        self.logs("PutLogEvents", &all);
    }

    fn logs(&self, call: &str, body: &Value) {
        let target = format!("Logs_20140328.{call}");
        let kind = "application/x-amz-json-1.1";
        self.unsigned(
            "logs",
            REGION,
            &[("content-type", kind), ("x-amz-target", &target)],
            body.to_string(),
        );
    }

    fn user(&self, name: &str, actions: &Value) -> Key {
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
        });
        self.iam(&format!("Action=CreateUser&UserName={name}"));
        self.iam(&format!(
            "Action=PutUserPolicy&UserName={name}&PolicyName=p&PolicyDocument={policy}"
        ));
        let made = self.iam(&format!("Action=CreateAccessKey&UserName={name}"));
        let between = |start: &str, end: &str| {
            let (_, rest) = made.split_once(start)?;
            Some(rest.split_once(end)?.0.to_owned())
        };
        between("<AccessKeyId>", "<")
            .zip(between("<SecretAccessKey>", "<"))
            .unwrap_or_else(|| panic!("no key in {made}"))
    }

    fn iam(&self, form: &str) -> String {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let body = format!("{form}&Version=2010-05-08");
        self.unsigned("iam", "us-east-1", &[kind], body)
    }

    /// Asks without a signature; which service is meant is told by where one
    /// would be.
    fn unsigned(
        &self,
        service: &str,
        region: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> String {
        let scope = format!("none/20260101/{region}/{service}/aws4_request");
        let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}");
        let added = [
            ("host", self.moto.as_str()),
            ("authorization", authorization.as_str()),
        ];
        let headers = headers.iter().chain(&added);
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers: headers.map(owned).collect(),
            body: body.into_bytes(),
        };
        let (status, _, body) = exchange(&self.moto, &request);
        assert_eq!(status, 200, "{body}");
        body
    }
}

/// What the platform calls the machine of a target.
#[must_use]
pub fn architecture(target: &str) -> &'static str {
    match target.starts_with("aarch64") {
        true => "arm64",
        false => "x86_64",
    }
}

/// What was uploaded, unpacked by another program than packed it.
///
/// # Panics
/// Nothing was, or it is damaged.
#[must_use]
pub fn unpacked(requests: &[Request]) -> Scratch {
    let is_creation = |r: &&Request| r.path == "/2015-03-31/functions";
    let creation = requests.iter().find(is_creation).expect("a function");
    let scratch = Scratch::new();
    std::fs::write(scratch.path().join("request.json"), &creation.body)
        .expect("a request and Python");
    let unpack = "import base64, io, json, os, zipfile
body = json.load(open('request.json'))
archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(body['Code']['ZipFile'])))
assert archive.testzip() is None
for entry in archive.infolist():
    archive.extract(entry)
    os.chmod(entry.filename, entry.external_attr >> 16)
";
    let output = Command::new("python3")
        .current_dir(scratch.path())
        .args(["-c", unpack])
        .output()
        .expect("a request and Python");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    scratch
}

impl Drop for Aws {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The answer of moto. Names of URLs are made ones that no resolver takes, so
/// that nobody is asked whether they answer.
fn forwarded(moto: &str, request: &Request) -> Answer {
    let (status, kind, body) = exchange(moto, request);
    Answer::Text(status, kind, body.replace(".lambda-url.", "..lambda-url."))
}

/// Status, content type and body.
fn exchange(moto: &str, request: &Request) -> (u16, String, String) {
    let query = request.query.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    let mut head = format!(
        "{} {}{mark}{query} HTTP/1.1\r\n",
        request.method, request.path
    );
    for (name, value) in &request.headers {
        let ours = ["connection", "content-length", "transfer-encoding"];
        if !ours.contains(&name.as_str()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    head.push_str(&format!(
        "content-length: {}\r\nconnection: close\r\n\r\n",
        request.body.len()
    ));
    let mut stream = TcpStream::connect(moto).expect("moto listens");
    stream.write_all(head.as_bytes()).expect("moto reads");
    stream.write_all(&request.body).expect("moto reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    let kind = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type")
            .then(|| value.trim().to_owned())
    });
    (
        status.expect("a status"),
        kind.unwrap_or_default(),
        body.to_owned(),
    )
}
