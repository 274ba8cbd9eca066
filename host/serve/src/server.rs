//! The server: accepting, reloading, stopping.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use hyper_util::server::graceful::GracefulShutdown;
use run_runtime::sandbox::Denial;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::event::Event;
use crate::figures::{Figures, count};
use crate::signals::{Signals, Wish};
use crate::{App, Error, Options, connection, metrics};

/// What is served, and who hears of it.
pub struct Serving<R, T> {
    /// What answers until it is replaced.
    pub app: App,
    /// Makes what replaces it; `None` where that fails, which it has told.
    pub reload: R,
    /// Hears what happens.
    pub tell: T,
}

/// What all connections have in common.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) figures: Arc<Figures>,
    /// The rights to an instance.
    pub(crate) turns: Arc<Semaphore>,
    app: RwLock<Arc<App>>,
    tell: Box<dyn Fn(&Event<'_>) + Send + Sync>,
    denials: Mutex<BTreeSet<Denial>>,
    /// One new app is made after the other.
    renewing: tokio::sync::Mutex<()>,
}

impl Shared {
    /// What answers now. It stays whole until the last request that has it is
    /// done.
    pub(crate) fn app(&self) -> Arc<App> {
        self.app
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn tell(&self, event: &Event<'_>) {
        (self.tell)(event);
    }

    /// Whether this was not told before.
    pub(crate) fn is_news(&self, denial: &Denial) -> bool {
        /// A component that tries one host after the other is not a list anyone
        /// reads.
        const MOST: usize = 64;
        let mut denials = self.denials.lock().unwrap_or_else(PoisonError::into_inner);
        denials.len() < MOST && denials.insert(denial.clone())
    }

    /// Instances that run.
    pub(crate) fn running(&self) -> usize {
        let all = usize::try_from(self.options.at_once).unwrap_or(usize::MAX);
        all.saturating_sub(self.turns.available_permits())
    }
}

/// Answers requests until the system asks to stop, and those that are left are
/// answered or out of time.
///
/// # Errors
/// An address cannot be listened on, or the system has nothing to spare.
pub fn serve<R, T>(options: Options, serving: Serving<R, T>) -> Result<(), Error>
where
    R: Fn() -> Option<App> + Send + Sync + 'static,
    T: Fn(&Event<'_>) + Send + Sync + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("requests")
        .build()?;
    let served = runtime.block_on(run(options, serving));
    // What has not ended by now is not waited for.
    runtime.shutdown_background();
    served
}

async fn run<R, T>(options: Options, serving: Serving<R, T>) -> Result<(), Error>
where
    R: Fn() -> Option<App> + Send + Sync + 'static,
    T: Fn(&Event<'_>) + Send + Sync + 'static,
{
    // A signal must not end the process from here on.
    let mut signals = Signals::listen()?;
    let listener = listen(options.listen).await?;
    let figures = match options.metrics {
        None => None,
        Some(address) => Some(listen(address).await?),
    };
    let at_once = usize::try_from(options.at_once).unwrap_or(usize::MAX);
    let shared = Arc::new(Shared {
        figures: Arc::default(),
        turns: Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS))),
        app: RwLock::new(Arc::new(serving.app)),
        tell: Box::new(serving.tell),
        denials: Mutex::default(),
        renewing: tokio::sync::Mutex::default(),
        options,
    });
    shared.tell(&Event::Listening {
        address: listener.local_addr()?,
        metrics: figures.as_ref().map(TcpListener::local_addr).transpose()?,
    });
    let telling = figures.map(|figures| tokio::spawn(metrics::serve(shared.clone(), figures)));
    let reload = Arc::new(serving.reload);
    let graceful = GracefulShutdown::new();
    accept(&shared, listener, &graceful, &mut signals, &reload).await;
    stop(&shared, graceful, &mut signals).await;
    if let Some(telling) = telling {
        telling.abort();
    }
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address)
        .await
        .map_err(|source| Error::Listen { address, source })
}

/// Takes connections until the system asks to stop.
async fn accept<R>(
    shared: &Arc<Shared>,
    listener: TcpListener,
    graceful: &GracefulShutdown,
    signals: &mut Signals,
    reload: &Arc<R>,
) where
    R: Fn() -> Option<App> + Send + Sync + 'static,
{
    let seats = Arc::new(Semaphore::new(shared.options.connections));
    let protocol = connection::protocol(&shared.options);
    loop {
        tokio::select! {
            (seat, stream, peer) = guest(&seats, &listener) => {
                let serve = connection::serve(
                    shared.clone(),
                    protocol.clone(),
                    stream,
                    peer,
                    graceful.watcher(),
                );
                tokio::spawn(async move {
                    serve.await;
                    drop(seat);
                });
            }
            wish = signals.next() => match wish {
                Wish::Stop => return,
                Wish::Reload => {
                    tokio::spawn(renew(shared.clone(), reload.clone()));
                }
            },
        }
    }
}

/// The next connection, and its place among those that are open.
async fn guest(
    seats: &Arc<Semaphore>,
    listener: &TcpListener,
) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    /// The system is out of something: it takes a moment to get it back.
    const PAUSE: Duration = Duration::from_millis(50);
    // It is never closed.
    let seat = seats.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (seat, stream, peer),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Makes a new app, and lets it answer from now on.
async fn renew<R>(shared: Arc<Shared>, reload: Arc<R>)
where
    R: Fn() -> Option<App> + Send + Sync + 'static,
{
    let _renewing = shared.renewing.lock().await;
    let made = tokio::task::spawn_blocking(move || reload()).await;
    let Ok(Some(app)) = made else {
        count(&shared.figures.reload_failures);
        return;
    };
    let old = std::mem::replace(
        &mut *shared.app.write().unwrap_or_else(PoisonError::into_inner),
        Arc::new(app),
    );
    count(&shared.figures.reloads);
    shared.tell(&Event::Reloaded);
    // Taking down what it set aside can take a while.
    tokio::task::spawn_blocking(move || drop(old));
}

/// Lets what has begun end, for as long as it may take.
async fn stop(shared: &Shared, graceful: GracefulShutdown, signals: &mut Signals) {
    let left = || {
        let in_flight = shared.figures.in_flight.load(Ordering::Relaxed);
        usize::try_from(in_flight)
            .unwrap_or(usize::MAX)
            .max(shared.running())
    };
    shared.tell(&Event::Draining(left()));
    let until = Instant::now() + shared.options.drain;
    let all = shared.options.at_once;
    let done = async {
        graceful.shutdown().await;
        // Instances go on after their responses.
        shared.turns.acquire_many(all).await.ok();
    };
    tokio::select! {
        () = done => {}
        () = tokio::time::sleep_until(until.into()) => {}
        () = again(signals) => {}
    }
    shared.tell(&Event::Stopped(left()));
}

/// Whoever asks a second time does not want to wait.
async fn again(signals: &mut Signals) {
    while signals.next().await != Wish::Stop {}
}
