//! From a specifier to a file, as Node.js does it, without leaving the source
//! tree.

use std::path::{Path, PathBuf};

use oxc_resolver::{ResolveContext, ResolveOptions, Resolver};

/// One resolver for `import` and one for `require`: packages may answer them
/// differently.
pub(crate) struct Files {
    import: Resolver,
    require: Resolver,
    context: ResolveContext,
}

impl Files {
    pub(crate) fn new() -> Self {
        let options = |kind: &str| ResolveOptions {
            condition_names: ["component", kind, "module", "default"]
                .map(str::to_owned)
                .to_vec(),
            extensions: [
                ".ts", ".tsx", ".mts", ".js", ".mjs", ".jsx", ".cts", ".cjs", ".json",
            ]
            .map(str::to_owned)
            .to_vec(),
            // TypeScript's own convention: `./x.js` is written for `./x.ts`.
            extension_alias: [
                (".js", [".ts", ".tsx", ".js"].as_slice()),
                (".mjs", &[".mts", ".mjs"]),
                (".cjs", &[".cts", ".cjs"]),
            ]
            .map(|(written, tried)| {
                let tried = tried.iter().map(|&tried| tried.to_owned()).collect();
                (written.to_owned(), tried)
            })
            .to_vec(),
            main_fields: ["module", "main"].map(str::to_owned).to_vec(),
            ..ResolveOptions::default()
        };
        Self {
            import: Resolver::new(options("import")),
            require: Resolver::new(options("require")),
            context: ResolveContext::default(),
        }
    }

    /// The file that a module in `directory` means.
    pub(crate) fn resolve(
        &mut self,
        directory: &Path,
        specifier: &str,
        required: bool,
    ) -> Option<PathBuf> {
        let resolver = if required {
            &self.require
        } else {
            &self.import
        };
        let found = resolver.resolve_with_context(directory, specifier, None, &mut self.context);
        let path = found.ok()?.into_path_buf();
        path.starts_with(crate::request::SOURCE_TREE)
            .then_some(path)
    }

    /// Every file that was looked at on the way, in order.
    pub(crate) fn looked_at(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> = self
            .context
            .file_dependencies
            .iter()
            .filter(|path| path.ends_with("package.json"))
            .cloned()
            .collect();
        files.sort();
        files
    }
}
