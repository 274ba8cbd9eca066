//! A value and the place in the file that it was read from.

use std::ops::{Deref, Range};

/// A value with the byte range of the file that wrote it. Dereferences to the
/// value, so it reads like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Bytes of the source text, from the first of the value to behind its last.
    pub span: Range<usize>,
}

impl<T> Spanned<T> {
    /// A value that was read from `span`.
    pub const fn new(value: T, span: Range<usize>) -> Self {
        Self { value, span }
    }

    /// Another value from the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned::new(change(self.value), self.span)
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
