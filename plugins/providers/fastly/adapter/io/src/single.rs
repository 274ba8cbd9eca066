//! A value for the whole instance, which has one thread.

use core::cell::RefCell;

/// A static cell.
pub(crate) struct Single<T>(RefCell<T>);

// SAFETY: WebAssembly without the threads proposal runs on one thread, and the
// platform has no other.
unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        f(&mut self.0.borrow_mut())
    }
}
