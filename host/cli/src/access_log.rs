//! Lines from many threads, written by one: answering must not wait for whoever
//! reads the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::shell::Shell;

/// Lines that may wait to be written; those beyond are counted and dropped.
const WAITING: usize = 16 << 10;

enum Line {
    Out(String),
    Err(String),
}

/// Where lines are handed in.
pub(crate) struct AccessLog {
    lines: Mutex<Option<SyncSender<Line>>>,
    dropped: Arc<AtomicU64>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl AccessLog {
    /// Begins to write.
    pub(crate) fn start(shell: &Shell) -> std::io::Result<Self> {
        let (lines, waiting) = sync_channel(WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let writer = {
            let (shell, dropped) = (shell.clone(), dropped.clone());
            std::thread::Builder::new()
                .name("log".to_owned())
                .spawn(move || write(&shell, &waiting, &dropped))?
        };
        Ok(Self {
            lines: Mutex::new(Some(lines)),
            dropped,
            writer: Mutex::new(Some(writer)),
        })
    }

    /// A line for stdout.
    pub(crate) fn out(&self, line: String) {
        self.put(Line::Out(line));
    }

    /// A line for stderr.
    pub(crate) fn err(&self, line: String) {
        self.put(Line::Err(line));
    }

    fn put(&self, line: Line) {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lines) = lines.as_ref()
            && let Err(TrySendError::Full(_)) = lines.try_send(line)
        {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes what waits, and then no more.
    pub(crate) fn finish(&self) {
        let lines = self.lines.lock().map(|mut lines| lines.take());
        drop(lines);
        let writer = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer {
            writer.join().ok();
        }
    }
}

fn write(shell: &Shell, waiting: &Receiver<Line>, dropped: &AtomicU64) {
    let put = |line| match line {
        Line::Out(line) => shell.out_soon(&line),
        Line::Err(line) => shell.err(&line),
    };
    while let Ok(line) = waiting.recv() {
        put(line);
        while let Ok(line) = waiting.try_recv() {
            put(line);
        }
        shell.flush();
        match dropped.swap(0, Ordering::Relaxed) {
            0 => {}
            lost => shell.warn(&format!(
                "{lost} lines of the log were dropped: they came faster than they are read"
            )),
        }
    }
}
