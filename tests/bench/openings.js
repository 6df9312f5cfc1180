/**
 * Opens the wall again and again in a real Chromium, each time as a new visitor, and prints how many
 * milliseconds after the navigation began the first picture and all of them were live, as JSON.
 * node openings.js http://HOST:PORT COUNT PICTURES
 */
import { launchChromium } from '../browser/support/chromium.js';

const [url, count, pictures] = process.argv.slice(2);

/** In the page, before anything of it: notes when the first tile and when so many tiles are live. */
function watch(/** @type {number} */ all) {
  const times = (window.times = {});
  new MutationObserver(() => {
    const live = document.querySelectorAll('fanlight-tile[data-state="live"]').length;
    if (live >= 1) times.first ??= performance.now();
    if (live >= all) times.all ??= performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

const browser = await launchChromium();
try {
  const openings = [];
  for (let i = 0; i <= Number(count); ++i) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 760 } });
    const page = await context.newPage();
    await page.addInitScript(watch, Number(pictures));
    await page.goto(url);
    await page.waitForFunction(() => window.times.all);
    // The first one loads codecs and fonts: it is the browser's, not the server's.
    if (i > 0) openings.push(await page.evaluate(() => window.times));
    await context.close();
  }
  console.log(JSON.stringify(openings));
} finally {
  await browser.close();
}
