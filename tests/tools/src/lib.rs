//! The plugin itself is the example `tools`: plugins are components.
