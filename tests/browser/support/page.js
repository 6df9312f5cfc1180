import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARTEFACTS } from './house.js';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../../web/wall/tile.js').Tile} Tile */

/** Whoever waits so long for one event is hung: no measure of how fast a machine is. */
export const WATCHDOG_MS = 120000;
/** The same of a whole test. */
export const TEST_MS = 900000;
/** Whether times are judged, which says something of Fanlight on a quiet machine only. */
export const JUDGES_TIME = process.env.FANLIGHT_QUIET !== undefined;

/**
 * Opens a page in a context of its own and notes what must not happen there.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions & {
 *   init?: (page: Page) => Promise<unknown>
 * }} [options]
 */
export async function openPage(browser, url, { init, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 760 },
    colorScheme: 'dark',
    locale: 'en-GB',
    // It would answer for a server that a test has stopped; app.test.js is about it.
    serviceWorkers: 'block',
    ...options,
  });
  context.setDefaultTimeout(WATCHDOG_MS);
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  /** @type {Set<string>} */
  const hosts = new Set();
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await init?.(page);
  await page.goto(url);
  return { page, faults, hosts, close: () => context.close() };
}

/**
 * @param {Page} page
 * @param {string} camera
 */
export const tileOf = (page, camera) => page.locator(`fanlight-tile[data-camera="${camera}"]`);

/**
 * Waits for a tile's state.
 * @param {Page} page
 * @param {string} camera
 * @param {string} state
 */
export async function waitForState(page, camera, state) {
  await page.locator(`fanlight-tile[data-camera="${camera}"][data-state="${state}"]`).waitFor();
}

/**
 * Width and height of a picture on the disk.
 * @param {Page} page Of which the browser decodes it.
 * @param {string} path
 */
export const sizeOfJpeg = (page, path) =>
  page.evaluate(
    async (base64) => {
      const picture = new Image();
      picture.src = `data:image/jpeg;base64,${base64}`;
      await picture.decode();
      return [picture.naturalWidth, picture.naturalHeight];
    },
    readFileSync(path, 'base64'),
  );

/** @param {Page} page */
export async function waitUntilAllLive(page) {
  await page.waitForFunction(() => {
    const tiles = [...document.querySelectorAll('fanlight-tile:not([hidden])')];
    return tiles.length > 0 && tiles.every((tile) => tile.getAttribute('data-state') === 'live');
  });
}

/**
 * Hides or shows the tab, as far as the page can tell: headless Chromium has no tab in front of
 * another.
 * @param {Page} page
 * @param {boolean} hidden
 */
export function hideTab(page, hidden) {
  return page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

/**
 * Cameras whose tiles can be seen, in order.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export function shownCameras(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('fanlight-tile:not([hidden])')].map(
      (tile) => tile.getAttribute('data-camera') ?? '',
    ),
  );
}

/**
 * Waits until these cameras are shown, in this order.
 * @param {Page} page
 * @param {string[]} cameras
 */
export async function waitForCameras(page, cameras) {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('fanlight-tile:not([hidden])')]
        .map((tile) => tile.getAttribute('data-camera'))
        .join() === wanted,
    cameras.join(),
  );
}

/**
 * Reads the frame number from the strip that fanlight-camsim paints at the top of each picture:
 * 40 cells; white, black; 32 bits; 4 bits of checksum; black, white. Null: no whole strip there.
 * @param {Page} page
 * @param {string} camera
 * @returns {Promise<number | null>}
 */
export function frameNumber(page, camera) {
  return page.evaluate((id) => {
    const video = /** @type {HTMLVideoElement} */ (
      document.querySelector(`fanlight-tile[data-camera="${id}"] video`)
    );
    const { videoWidth: width, videoHeight: height } = video;
    if (!width) return null;
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.drawImage(video, 0, 0);
    const row = Math.round(Math.max(8, height / 24) / 8) * 4;
    const { data } = context.getImageData(0, row, width, 1);
    const bits = Array.from({ length: 40 }, (_, cell) => {
      const x = Math.floor(((cell + 0.5) * width) / 40);
      return data[x * 4 + 1] > 127 ? 1 : 0;
    });
    if (bits[0] !== 1 || bits[1] !== 0 || bits[38] !== 0 || bits[39] !== 1) return null;
    const number = parseInt(bits.slice(2, 34).join(''), 2);
    let check = 0;
    for (let shift = 0; shift < 32; shift += 4) check ^= (number >>> shift) & 15;
    return check === parseInt(bits.slice(34, 38).join(''), 2) ? number : null;
  }, camera);
}

/**
 * Waits until so many different frames have been on the screen, and returns their numbers.
 * @param {Page} page
 * @param {string} camera
 * @param {number} count
 */
export async function watchFrames(page, camera, count) {
  /** @type {number[]} */
  const seen = [];
  const deadline = Date.now() + WATCHDOG_MS;
  while (seen.length < count) {
    if (Date.now() > deadline) throw new Error(`${camera}: only frames ${seen} of ${count}`);
    await nextFrame(page, camera);
    const number = await frameNumber(page, camera);
    if (number !== null && number !== seen.at(-1)) seen.push(number);
  }
  return seen;
}

/**
 * Waits until the browser shows another frame.
 * @param {Page} page
 * @param {string} camera
 */
async function nextFrame(page, camera) {
  const shown = page.evaluate((id) => {
    const video = /** @type {HTMLVideoElement} */ (
      document.querySelector(`fanlight-tile[data-camera="${id}"] video`)
    );
    return new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(true)));
  }, camera);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watchdog;
  const late = new Promise((_, reject) => {
    watchdog = setTimeout(() => reject(new Error(`${camera}: no new frame`)), WATCHDOG_MS);
  });
  await Promise.race([shown, late]);
  clearTimeout(watchdog);
}

/**
 * Keeps what the page looks like for people to judge.
 * @param {Page} page
 * @param {string} name
 */
export async function keepScreenshot(page, name) {
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
}

/**
 * Keeps measured figures beside the screenshots.
 * @param {string} name
 * @param {object} figures
 */
export function keepFigures(name, figures) {
  writeFileSync(join(ARTEFACTS, `${name}.json`), `${JSON.stringify(figures, null, 2)}\n`);
}

/**
 * How much of the window pictures take, 0 to 1, by where each of them is: without the bars that a
 * video element has beside a picture of another shape.
 * @param {Page} page
 */
export function pictureShare(page) {
  return page.evaluate(() => {
    const videos = /** @type {NodeListOf<HTMLVideoElement>} */ (
      document.querySelectorAll('fanlight-tile:not([hidden]) video')
    );
    const areas = [...videos].map((video) => {
      const place = video.getBoundingClientRect();
      const { objectFit } = getComputedStyle(video);
      const scale =
        objectFit === 'contain'
          ? Math.min(place.width / video.videoWidth, place.height / video.videoHeight)
          : Infinity;
      const width = Math.min(place.width, video.videoWidth * scale);
      const height = Math.min(place.height, video.videoHeight * scale);
      const left = place.left + (place.width - width) / 2;
      const top = place.top + (place.height - height) / 2;
      const wide = Math.min(innerWidth, left + width) - Math.max(0, left);
      const high = Math.min(innerHeight, top + height) - Math.max(0, top);
      return video.videoWidth ? Math.max(0, wide) * Math.max(0, high) : 0;
    });
    return areas.reduce((sum, area) => sum + area, 0) / (innerWidth * innerHeight);
  });
}

/**
 * Fingers on the screen, as Chromium takes them.
 * @param {Page} page
 */
export async function fingersOn(page) {
  const session = await page.context().newCDPSession(page);
  const send = (/** @type {any} */ type, /** @type {number[][]} */ points) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  return {
    /** @param {[number, number]} from @param {[number, number]} to */
    async swipe([x, y], [toX, toY]) {
      await send('touchStart', [[x, y]]);
      for (let step = 1; step <= 8; step++) {
        await send('touchMove', [[x + ((toX - x) * step) / 8, y + ((toY - y) * step) / 8]]);
      }
      await send('touchEnd', []);
    },
    /** A finger rests until the page has taken it for a long press. @param {[number, number]} at */
    async press(at) {
      await send('touchStart', [at]);
      await page.waitForFunction(() => document.body.hasAttribute('data-arranging'));
      await send('touchEnd', []);
    },
    /** Two fingers beside each other go apart. @param {[number, number]} at @param {number} by */
    async pinch([x, y], by) {
      await send('touchStart', [[x - 30, y]]);
      for (let step = 0; step <= 5; step++) {
        const apart = 30 + (by * step) / 5;
        await send(step ? 'touchMove' : 'touchStart', [
          [x - apart, y],
          [x + apart, y],
        ]);
      }
      await send('touchEnd', []);
    },
  };
}
