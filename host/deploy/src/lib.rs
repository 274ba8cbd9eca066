//! Deploying: a component becomes a running service, by a provider, and a
//! record says what became of it.
//!
//! The order is always the same: validate, plan, ask, apply, wait until it is
//! live, see that its URL answers, and each step is in the record before the
//! next begins. So wherever it is interrupted, [`Deployer::status`] tells how far
//! it came, and deploying again finishes it or changes nothing.

mod deployer;
mod error;
mod intact;
mod ledger;
mod options;
mod outcome;
mod package;
mod record;
mod request;
mod services;
mod waiting;

pub use deployer::Deployer;
pub use error::DeployError;
pub use intact::intact;
pub use ledger::{Ledger, records};
pub use options::{OptionProblem, Options, options};
pub use outcome::{Done, Plan, Stage, Status};
pub use package::{Packaged, Packed, package};
pub use record::{Pending, Record, Released, Step};
pub use request::{Request, Targets};
pub use waiting::{Checked, Patience};
