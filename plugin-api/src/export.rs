//! The three macros that make a crate a plugin.

/// Exports a [`Builder`](crate::Builder): the crate becomes a
/// `language-builder`. Does nothing off WebAssembly, so that the crate's own
/// tests run natively.
#[macro_export]
macro_rules! builder {
    ($builder:ty) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            type Exported = $crate::builder::Exported<$builder>;
            $crate::bindings::language_builder::export_language_builder!(
                Exported with_types_in $crate::bindings::language_builder
            );
        };
        #[cfg(not(target_family = "wasm"))]
        const _: fn() = || {
            fn is_builder<B: $crate::Builder>() {}
            is_builder::<$builder>();
        };
    };
}

/// Exports a [`Provider`](crate::Provider): the crate becomes a
/// `deploy-provider`. Does nothing off WebAssembly, so that the crate's own
/// tests run natively.
#[macro_export]
macro_rules! provider {
    ($provider:ty) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            type Exported = $crate::provider::Exported<$provider>;
            $crate::bindings::deploy_provider::export_deploy_provider!(
                Exported with_types_in $crate::bindings::deploy_provider
            );
        };
        #[cfg(not(target_family = "wasm"))]
        const _: fn() = || {
            fn is_provider<P: $crate::Provider>() {}
            is_provider::<$provider>();
        };
    };
}

/// Embeds the manifest, a file beside the crate's `Cargo.toml`, where the host
/// reads it without running the plugin.
#[macro_export]
macro_rules! manifest {
    ($path:literal) => {
        const _: () = {
            #[cfg_attr(target_family = "wasm", unsafe(link_section = "run:manifest"))]
            #[used]
            static MANIFEST: [u8; include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $path))
                .len()] = *include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $path));
        };
    };
}
