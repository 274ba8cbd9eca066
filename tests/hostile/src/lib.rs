//! Plugins that misbehave, one file each.
