//! `deploy` to a provider's platform: plan all, ask once, then one after the
//! other.

use run_build::PluginSet;
use run_deploy::{DeployError, Deployer, Done, Plan, Stage};
use run_project::Project;
use serde_json::{Value, json};

use super::error::DeployCommandError;
use super::profile::Chosen;
use super::session::Session;
use super::{confirmed, show};
use crate::args::Deploy;
use crate::failure::Failure;
use crate::shell::Shell;
use crate::{composition, interrupt};

/// One component on its way.
struct Item<'s> {
    name: String,
    digest: String,
    deployer: Deployer<'s>,
    plan: Plan,
}

pub(super) fn run(
    project: &Project,
    plugins: &PluginSet,
    profile: &Chosen,
    args: &Deploy,
    shell: &Shell,
) -> Result<(), Failure> {
    let roots = composition::deployable(project, &args.to.components, shell)?;
    if roots.is_empty() {
        return Err(DeployCommandError::Nothing.into());
    }
    let cancel = interrupt::cancel_on_interrupt();
    let session = Session::new(project, plugins, profile, args, true, cancel, shell)?;
    let mut items = Vec::new();
    for (component, wasm) in roots {
        let name = component.name.value.as_str();
        let ledger = session.ledger(name, !args.dry_run)?;
        let artifact = (wasm.bytes().to_vec(), wasm.digest());
        let deployer = session.deployer(name, Some(artifact), ledger)?;
        let plan = deployer.plan().map_err(failure)?;
        let item = Item {
            name: name.to_owned(),
            digest: wasm.digest().to_string(),
            deployer,
            plan,
        };
        if !shell.json() {
            show::plan(
                &item.name,
                &item.digest,
                &item.plan,
                &session,
                profile,
                shell,
            );
        }
        items.push(item);
    }
    let changes = items.iter().any(|item| item.plan.changes());
    if !args.dry_run && changes {
        let lost = items.iter().any(|item| item.plan.is_destructive());
        let question = if lost {
            "Do it, and lose what is marked?"
        } else {
            "Do it?"
        };
        confirmed(args.to.yes, question, shell)?;
    }
    let mut documents = Vec::new();
    for item in &items {
        let done = match args.dry_run {
            true => None,
            false => deploy(item, shell).map_err(failure)?,
        };
        documents.push(document(item, done.as_ref(), args.dry_run));
    }
    if shell.json() {
        let document = json!({
            "profile": profile.name,
            "provider": session.provider,
            "dry_run": args.dry_run,
            "components": documents,
        });
        shell.out(&document.to_string());
    } else if args.dry_run {
        shell.status("Planned", "nothing was changed");
    }
    Ok(())
}

fn deploy(item: &Item<'_>, shell: &Shell) -> Result<Option<Done>, DeployError> {
    let watcher = |stage| match stage {
        Stage::Applying => shell.status("Deploying", &item.name),
        Stage::Waiting => shell.status("Waiting", &format!("for {} to be live", item.name)),
        Stage::Checking => {}
    };
    let done = if item.plan.changes() {
        Some(item.deployer.apply(&item.plan, &watcher)?)
    } else {
        item.deployer.settle(&watcher)?
    };
    match &done {
        Some(done) => show::done(&item.name, done, shell),
        None => shell.status("Unchanged", &item.name),
    }
    Ok(done)
}

/// A stop that the user asked for is no error of the provider.
pub(super) fn failure(error: DeployError) -> Failure {
    if error.is_cancelled() {
        Failure::Interrupted
    } else {
        error.into()
    }
}

fn document(item: &Item<'_>, done: Option<&Done>, dry_run: bool) -> Value {
    let mut document = json!({
        "name": item.name,
        "digest": item.digest,
        "plan": show::plan_json(&item.plan),
        "changed": !dry_run && item.plan.changes(),
    });
    if let Some(done) = done {
        document["deployment"] = show::deployment_json(&done.deployment);
        document["checked"] = show::checked_json(&done.checked);
    }
    document
}
