wit_bindgen::generate!();

use std::sync::atomic::{AtomicU32, Ordering};

use exports::conformance::resource_ownership::resource_ownership::{
    self, Guest, GuestToken, TokenBorrow,
};

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct Case;

export!(Case);

struct Token;

impl Guest for Case {
    type Token = Token;

    fn alive(_tokens: Vec<TokenBorrow<'_>>) -> u32 {
        ALIVE.load(Ordering::Relaxed)
    }

    fn take(token: resource_ownership::Token) -> u32 {
        drop(token);
        ALIVE.load(Ordering::Relaxed)
    }

    fn keep(token: resource_ownership::Token) -> resource_ownership::Token {
        token
    }
}

impl GuestToken for Token {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}
