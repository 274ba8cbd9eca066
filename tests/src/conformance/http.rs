//! Requests to a handler, on a host of its own: what serves here is wasmtime's
//! implementation of `wasi:http`, and nothing of this project.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, OptLevel, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView, default_hooks};

use super::answer::Answer;
use super::case::Request;

struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: default_hooks(),
        }
    }
}

/// Makes the requests, each to an instance of its own, and compares answers.
pub(super) fn check(component: &[u8], requests: &[Request]) -> Result<(), String> {
    let text = |error: wasmtime::Error| format!("{error:?}");
    let mut config = Config::new();
    // Large interpreters are run once: compiling well is not worth it.
    config.cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config).map_err(text)?;
    let component = Component::new(&engine, component).map_err(text)?;
    let mut linker = Linker::<State>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(text)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).map_err(text)?;
    let pre = linker.instantiate_pre(&component).map_err(text)?;
    let pre = ProxyPre::new(pre).map_err(text)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    for request in requests {
        runtime
            .block_on(one(&engine, &pre, request))
            .map_err(|why| format!("{} {}: {why}", request.method, request.path))?;
    }
    Ok(())
}

async fn one(engine: &Engine, pre: &ProxyPre<State>, request: &Request) -> Result<(), String> {
    let text = |error: wasmtime::Error| format!("{error:?}");
    let state = State {
        wasi: WasiCtx::builder().inherit_stderr().build(),
        http: WasiHttpCtx::new(),
        table: ResourceTable::new(),
    };
    let mut store = Store::new(engine, state);
    let sent = http::Request::builder()
        .method(request.method.as_str())
        .uri(format!("http://conformance{}", request.path))
        .body(Full::new(Bytes::from(request.send.clone())))
        .map_err(|error| error.to_string())?;
    let sent = store
        .data_mut()
        .http()
        .new_incoming_request(Scheme::Http, sent)
        .map_err(text)?;
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let out = store
        .data_mut()
        .http()
        .new_response_outparam(sender)
        .map_err(text)?;
    let proxy = pre.instantiate_async(&mut store).await.map_err(text)?;
    let handler = proxy.wasi_http_incoming_handler();
    let answer = async {
        let answer = receiver
            .await
            .map_err(|_| "it did not answer".to_owned())?
            .map_err(|code| format!("it answered {code:?}"))?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        Ok::<_, String>((head, body.to_bytes()))
    };
    // Its body is read while it is written.
    let (handled, answer) = tokio::join!(handler.call_handle(&mut store, sent, out), answer);
    handled.map_err(text)?;
    let (head, body) = answer?;
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let answer = Answer {
        status: head.status.as_u16(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    answer.is_expected(request)
}
