//! Its child leaves another behind that acts later.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    let later = "/bin/sleep 1; echo alive > \"$HOME/alive\"";
    let text = format!("({later}) & /usr/bin/setsid /bin/sh -c '{later}' & exit 0");
    script(&text, "")?;
    Err(Error::failed("the child has ended"))
}

hostile_builder!(build);
