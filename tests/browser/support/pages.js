import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { launchChromium } from './chromium.js';
import { installLoopback } from './loopback.js';
import { openPage } from './page.js';
import { serveWeb } from './static_server.js';
import { together } from './together.js';

/**
 * Serves the page, with a stand-in server inside it, to one browser for all tests of a file.
 * Returns what opens a page, which is closed after its test and must have no faults then.
 */
export function pagesOfOneBrowser() {
  /** @type {Awaited<ReturnType<typeof serveWeb>>} */
  let web;
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof openPage>>[]} */
  const opened = [];

  before(async () => {
    [web, browser] = await together(serveWeb(), launchChromium());
  });

  after(async () => {
    await browser?.close();
    await web?.close();
  });

  afterEach(async () => {
    for (const { faults, close } of opened.splice(0)) {
      assert.deepEqual(faults, []);
      await close();
    }
  });

  /**
   * @param {string} path With the query.
   * @param {object[]} cameras Of the stand-in server.
   * @param {Parameters<typeof openPage>[2]} [options] `init` comes after the stand-in.
   */
  return async (path, cameras, { init, ...options } = {}) => {
    const page = await openPage(browser, `${web.url}${path}`, {
      ...options,
      init: async (made) => {
        await made.addInitScript(installLoopback, cameras);
        await init?.(made);
      },
    });
    opened.push(page);
    return page;
  };
}
