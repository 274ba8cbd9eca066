//! Memory and panics, which the standard library brings for this target.

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

#[link(name = "c")]
unsafe extern "C" {
    fn aligned_alloc(align: usize, size: usize) -> *mut u8;
    fn realloc(at: *mut u8, size: usize) -> *mut u8;
    fn free(at: *mut u8);
}

/// What `malloc` of the target's C library aligns to.
const ALIGN: usize = 16;

struct Heap;

// SAFETY: the C library's allocator is one, and blocks it cannot align as asked
// for are copied instead of resized.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let align = layout.align().max(ALIGN);
        // SAFETY: a power of two, and a size that is a multiple of it.
        unsafe { aligned_alloc(align, layout.size().next_multiple_of(align)) }
    }

    unsafe fn dealloc(&self, at: *mut u8, _: Layout) {
        // SAFETY: it is from `alloc` or `realloc`.
        unsafe { free(at) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= ALIGN {
            // SAFETY: it is from `alloc` or `realloc`.
            return unsafe { realloc(at, size) };
        }
        // SAFETY: the alignment was valid already, and `size` is not zero.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                core::ptr::copy_nonoverlapping(at, new, layout.size().min(size));
                self.dealloc(at, layout);
            }
            new
        }
    }
}

#[global_allocator]
static HEAP: Heap = Heap;

/// How a caller gets memory for what it passes.
///
/// # Safety
/// As the Component Model says: `at` is from here, with `old` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cabi_realloc(
    at: *mut u8,
    old: usize,
    align: usize,
    new: usize,
) -> *mut u8 {
    if new == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    // SAFETY: what is asked for is a layout, and `at` has that of `old` bytes.
    let given = unsafe {
        match old {
            0 => HEAP.alloc(Layout::from_size_align_unchecked(new, align)),
            old => HEAP.realloc(at, Layout::from_size_align_unchecked(old, align), new),
        }
    };
    if given.is_null() {
        core::arch::wasm32::unreachable()
    }
    given
}

/// A trap ends the request, and nothing else.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
