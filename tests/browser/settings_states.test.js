import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_MS } from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** The states of cameras in the settings, whichever the page hears first: settings or states. */

const openOne = pagesOfOneBrowser();

const CAMERAS = [
  { id: 'front', name: 'Front door' },
  { id: 'street', name: 'Street', state: 'retrying', reason: 'wrong address' },
];
const SETTINGS = {
  config_file: '/etc/fanlight.yaml',
  cameras_file: '/var/lib/cameras.yaml',
  needs_restart: [],
  configuration_error: null,
  cameras: CAMERAS.map(({ id, name }) => ({
    id,
    name,
    managed: true,
    streams: [{ id: 'main', url: `rtsp://192.0.2.1/${id}` }],
  })),
};

/**
 * @param {(page: import('playwright-core').Page, answer: () => void, greet: () => Promise<void>)
 *   => Promise<void>} act The server's two words, to be said in some order.
 */
async function open(act) {
  /** @type {() => void} */
  let answer = () => {};
  const answered = new Promise((resolve) => (answer = () => resolve(undefined)));
  const { page } = await openOne('settings.html', CAMERAS, {
    init: async (opening) => {
      await opening.route('**/api/settings', async (route) => {
        await answered;
        await route.fulfill({ json: SETTINGS });
      });
      await opening.addInitScript(() => {
        const { loopback } = /** @type {any} */ (window);
        loopback.greeting = new Promise((resolve) => (loopback.greet = resolve));
      });
    },
  });
  const greet = () => page.evaluate(() => /** @type {any} */ (window).loopback.greet());
  await act(page, answer, greet);
  const state = page.locator('[data-camera="street"] .state');
  await state.filter({ hasText: 'reconnecting: wrong address' }).waitFor();
  assert.equal(await page.locator('[data-camera="front"] .state').innerText(), 'live');
}

test('states that come after the settings are shown', { timeout: TEST_MS }, () =>
  open(async (page, answer, greet) => {
    answer();
    await page.locator('[data-camera="street"]').waitFor();
    await greet();
  }),
);

test('states that came before the settings are shown', { timeout: TEST_MS }, () =>
  open(async (page, answer, greet) => {
    await greet();
    await page.waitForFunction(() => /** @type {any} */ (window).loopback.sockets.length > 0);
    answer();
  }),
);
