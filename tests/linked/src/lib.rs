//! Components that share resources and types, one file each in `components/`.
