//! What `wit-bindgen` makes of `wit/`: once for each world, sharing the types.
//!
//! Plugins reach this through the rest of the crate; it is public because the
//! export macros expand in the plugin's crate.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

pub use wit_bindgen::rt;

/// The world `language-builder`.
pub mod language_builder {
    wit_bindgen::generate!({
        path: "../wit",
        world: "run:plugin/language-builder",
        pub_export_macro: true,
        export_macro_name: "export_language_builder",
        default_bindings_module: "run_plugin_api::bindings::language_builder",
        runtime_path: "run_plugin_api::bindings::rt",
        generate_all,
    });
}

/// The world `deploy-provider`.
pub mod deploy_provider {
    wit_bindgen::generate!({
        path: "../wit",
        world: "run:plugin/deploy-provider",
        pub_export_macro: true,
        export_macro_name: "export_deploy_provider",
        default_bindings_module: "run_plugin_api::bindings::deploy_provider",
        runtime_path: "run_plugin_api::bindings::rt",
        with: {
            "run:plugin/types@0.1.0": crate::bindings::language_builder::run::plugin::types,
            "run:plugin/events@0.1.0": crate::bindings::language_builder::run::plugin::events,
            "run:plugin/control@0.1.0": crate::bindings::language_builder::run::plugin::control,
        },
        generate_all,
    });
}
