import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntilAllLive, TEST_MS } from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** A server that has been updated: its page is offered, and loaded when nobody uses the old one. */

const openOne = pagesOfOneBrowser();

const FRONT = { id: 'front', name: 'Front door' };

/** @param {import('playwright-core').Page} page */
const update = (page) => page.evaluate(`loopback.version = '1'; loopback.kill(); loopback.start()`);

test(
  'a server that is another version than the page offers the new page',
  { timeout: TEST_MS },
  async () => {
    const { page } = await openOne('', [FRONT]);
    await waitUntilAllLive(page);

    await update(page);

    await page.getByRole('button', { name: 'Load the new version' }).waitFor();
  },
);

test(
  'a newer page is not loaded while a dialog is open, and is when it is closed',
  { timeout: TEST_MS },
  async () => {
    const { page } = await openOne('', [FRONT], { init: (made) => made.clock.install() });
    await waitUntilAllLive(page);
    await update(page);
    await page.getByRole('button', { name: 'Load the new version' }).waitFor();
    await waitUntilAllLive(page);
    /** The same document has it until it is loaded anew. @param {string} when */
    const markAs = (when) =>
      page.evaluate((text) => void (document.body.dataset.mark = text), when);
    const marked = page.locator('body[data-mark]');
    await markAs('before');
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();

    // Nobody does anything for longer than a page waits; then it has a server again, and looks.
    await page.clock.fastForward('10:00');
    await waitUntilAllLive(page);
    await page.clock.runFor(5000);

    assert.equal(await marked.getAttribute('data-mark'), 'before');
    assert.equal(await page.locator('dialog[open]').count(), 1);

    await markAs('with a dialog');
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.clock.fastForward('10:00');
    await marked.waitFor({ state: 'detached' });
    await waitUntilAllLive(page);
  },
);
