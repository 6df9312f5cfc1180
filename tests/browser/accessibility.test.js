import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graveFaults } from './support/axe.js';
import { keepScreenshot, tileOf, waitForState, TEST_MS } from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** The page for those who do not see it, see it badly, or have no mouse. */

const openOne = pagesOfOneBrowser();

/** One of each state that people meet. */
const CAMERAS = [
  { id: 'front', name: 'Front door' },
  { id: 'garden', name: 'Garden', audio_codec: '' },
  { id: 'garage', name: 'Garage', state: 'retrying', reason: 'Connection refused' },
  { id: 'street', name: 'Street', state: 'refused', reason: 'wrong password' },
  { id: 'hall', name: 'Hall' },
];

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function open(options = {}) {
  const opened = await openOne('', CAMERAS, options);
  const { page } = opened;
  await waitForState(page, 'front', 'live');
  await waitForState(page, 'garage', 'offline');
  await waitForState(page, 'street', 'refused');
  await tileOf(page, 'hall').focus();
  await page.keyboard.press('Space');
  await waitForState(page, 'hall', 'paused');
  return opened;
}

/** @type {Record<string, import('playwright-core').BrowserContextOptions>} */
const LOOKS = {
  dark: { colorScheme: 'dark' },
  light: { colorScheme: 'light' },
  'Korean, light': { colorScheme: 'light', locale: 'ko-KR' },
  'high contrast, light': { colorScheme: 'light', contrast: 'more' },
  'high contrast, dark': { colorScheme: 'dark', contrast: 'more' },
  'forced colours': { forcedColors: 'active' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
};

for (const [look, options] of Object.entries(LOOKS)) {
  test(`axe-core finds nothing grave: ${look}`, { timeout: TEST_MS }, async () => {
    const { page } = await open(options);
    assert.deepEqual(await graveFaults(page), [], 'the wall');
    await keepScreenshot(page, `states, ${look}`);

    await page.keyboard.press('Shift+I');
    await tileOf(page, 'front').locator('.panel').waitFor();
    assert.deepEqual(await graveFaults(page), [], 'statistics');
    await page.keyboard.press('Shift+I');

    await page.keyboard.press('a');
    await page.locator('#drawer').waitFor();
    assert.deepEqual(await graveFaults(page), [], 'the drawer');
    await keepScreenshot(page, `drawer, ${look}`);
    await page.keyboard.press('Escape');

    await page.keyboard.press('?');
    await page.locator('#help').waitFor();
    assert.deepEqual(await graveFaults(page), [], 'the keys');
    await page.keyboard.press('Escape');

    await tileOf(page, 'front').focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-focused]').waitFor();
    assert.deepEqual(await graveFaults(page), [], 'one camera');
  });
}

test('axe-core finds nothing grave while the server is gone', { timeout: TEST_MS }, async () => {
  const { page } = await open();
  await page.evaluate(() => /** @type {any} */ (window).loopback.kill());
  await waitForState(page, 'front', 'gone');

  assert.deepEqual(await graveFaults(page), []);
});

test(
  'every control has a name, and every one that can be seen can be reached by Tab',
  { timeout: TEST_MS },
  async () => {
    const { page } = await open();
    const seen = new Set();
    await page.locator('h1').click(); // Tab goes on from there.
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        const outline = getComputedStyle(element).outlineStyle;
        const label = element.getAttribute('aria-label') ?? element.textContent?.trim();
        return { label, outlined: outline !== 'none' };
      });
      if (!name) break;
      assert.ok(name.label, 'something without a name has the focus');
      assert.ok(name.outlined, `${name.label} does not show that it has the focus`);
      seen.add(name.label);
    }

    for (const label of ['Statistics', 'Pause all', 'Language', 'Arrange', 'Front door, Live']) {
      assert.ok(seen.has(label), `${label} is not reached: ${[...seen].join('; ')}`);
    }
    for (const label of ['Pause', 'Unmute', 'Take snapshot', 'Full screen', 'Enlarge']) {
      assert.ok(seen.has(label), `${label} is not reached: ${[...seen].join('; ')}`);
    }
  },
);

test(
  'changes of state are told to screen readers, and tiles say their state',
  { timeout: TEST_MS },
  async () => {
    const { page } = await open();

    await page.evaluate(() =>
      /** @type {any} */ (window).loopback.change('front', { state: 'retrying' }),
    );

    await page
      .locator('#announcer', { hasText: 'Front door: Camera offline' })
      .waitFor({ state: 'attached' });
    await page.getByRole('group', { name: 'Front door, Camera offline' }).waitFor();
  },
);

test('with reduced motion nothing moves but the pictures', { timeout: TEST_MS }, async () => {
  const { page } = await open({ reducedMotion: 'reduce' });

  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('video, canvas, button')].filter(
        (element) => getComputedStyle(element).transitionDuration !== '0s',
      ).length,
  );

  assert.equal(moving, 0);
});
