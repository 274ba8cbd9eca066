//! The host's side of the two worlds, generated from `wit/`.

pub use crate::process::Child;

/// The world `language-builder`.
pub(super) mod builder {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "run:plugin/language-builder",
        imports: {
            "run:plugin/process.[method]child.next-line": async | trappable,
            "run:plugin/process.[method]child.wait": async | trappable,
            "run:plugin/preinit.snapshot": async | trappable,
            default: trappable,
        },
        exports: { default: async },
        with: {
            "run:plugin/events.step": super::Step,
            "run:plugin/process.child": super::Child,
            "run:plugin/build-context.project": super::Project,
            "run:plugin/build-context.job": super::Job,
        },
    });
}

/// The world `deploy-provider`; what it shares with the other is the same type.
pub(super) mod provider {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "run:plugin/deploy-provider",
        imports: {
            "run:plugin/deploy-context.[method]job.wait": async | trappable,
            default: trappable,
        },
        exports: { default: async },
        with: {
            "run:plugin/types": super::builder::run::plugin::types,
            "run:plugin/events": super::builder::run::plugin::events,
            "run:plugin/control": super::builder::run::plugin::control,
            "run:plugin/deploy-context.job": super::DeployJob,
            "wasi:http": wasmtime_wasi_http::p2::bindings::http,
            "wasi:io": wasmtime_wasi_io::bindings::wasi::io,
            "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
        },
    });
}

/// A unit of visible progress.
pub struct Step(pub(super) crate::events::StepId);

/// The project a call is about; there is one, in the store's state.
pub struct Project;

/// The job a call is about; there is one, in the store's state.
pub struct Job;

/// The job a provider's call is about; there is one, in the store's state.
pub struct DeployJob;
