/**
 * Gives the page a service worker (sw.js), which says that there is no server instead of the
 * browser. Browsers allow it over HTTPS and on this machine only; the page works without one.
 */
export async function installWorker() {
  if (!navigator.serviceWorker) return;
  try {
    await loaded();
    // The browser shall ask the server for a newer one, not its own cache.
    const options = /** @type {const} */ ({ updateViaCache: 'none' });
    const { active } = await navigator.serviceWorker.register('sw.js', options);
    // One that is there already keeps what the server has today.
    active?.postMessage('keep');
  } catch (error) {
    console.debug('fanlight: no service worker:', /** @type {Error} */ (error).message);
  }
}

/** The wall goes first. */
const loaded = () =>
  new Promise((resolve) => {
    if (document.readyState === 'complete') resolve(undefined);
    else addEventListener('load', resolve, { once: true });
  });
