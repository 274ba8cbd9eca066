//! Answering HTTP requests with WebAssembly components.
//!
//! A server holds one [`App`] at a time, which can be replaced while requests
//! are answered. It knows no project and no command line: whoever starts it
//! says what is served, hears what happens, and makes the next app when the
//! system asks for one.

mod app;
mod body;
mod connection;
mod error;
mod event;
mod figures;
mod histogram;
mod logged;
mod metrics;
mod options;
mod request;
mod server;
mod signals;

pub use app::App;
pub use body::LimitedBody;
pub use error::Error;
pub use event::{Access, Event};
pub use options::Options;
pub use request::status;
pub use server::{Serving, serve};
