import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepScreenshot, tileOf, waitForState, TEST_MS } from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** What people see of controls and states: that they are on, what they are, and when. */

const openOne = pagesOfOneBrowser();

const CAMERAS = [
  { id: 'front', name: 'Front door', streams: [{ id: 'main' }, { id: 'sub' }] },
  { id: 'garden', name: 'Garden', audio_codec: '' },
  { id: 'street', name: 'Street', state: 'idle', audio_codec: '' },
  { id: 'hall', name: 'Hall', state: 'retrying', reason: 'gone', audio_codec: '' },
];

/**
 * @param {string} [query]
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function open(query = '', options = {}) {
  const { page } = await openOne(query, CAMERAS, options);
  await waitForState(page, 'front', 'live');
  return page;
}

/**
 * Controls that are on or off, and look the same either way.
 * @param {import('playwright-core').Page} page
 */
const alike = (page) =>
  page.evaluate(() => {
    const states = ['aria-pressed', 'aria-expanded', 'aria-selected', 'aria-current'];
    const controls = [...document.querySelectorAll(states.map((name) => `[${name}]`).join())];
    const look = (/** @type {Element} */ control) => {
      const { color, backgroundColor, borderColor } = getComputedStyle(control);
      return [color, backgroundColor, borderColor];
    };
    const faults = controls.flatMap((control) => {
      const name = states.find((state) => control.hasAttribute(state)) ?? '';
      const before = control.getAttribute(name) ?? '';
      control.setAttribute(name, 'true');
      const on = look(control);
      control.setAttribute(name, 'false');
      const off = look(control);
      control.setAttribute(name, before);
      return on.filter((value, at) => value !== off[at]).length > 1
        ? []
        : [`${control.id} ${control.getAttribute('aria-label')}`];
    });
    return { faults, count: controls.length };
  });

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`what is on looks it: ${colorScheme}`, { timeout: TEST_MS }, async () => {
    const page = await open('?grid=1', { colorScheme });
    await page.keyboard.press('a');
    await page.locator('#drawer').waitFor();
    await page.keyboard.press('Shift+I');
    await keepScreenshot(page, `what is on, ${colorScheme}`);

    const { faults, count } = await alike(page);

    assert.ok(count > 8, `only ${count} controls`);
    assert.deepEqual(faults, []);
  });
}

test(
  'the header tells cameras that are live from those that play here',
  { timeout: TEST_MS },
  async () => {
    const page = await open('?grid=1');
    const summary = page.locator('#summary');
    await summary
      .filter({ hasText: '2 of 4 cameras live · 1 on standby · 1 of 1 playing' })
      .waitFor();

    await page.locator('#play-all').click();

    await summary
      .filter({ hasText: '2 of 4 cameras live · 1 on standby · 0 of 1 playing' })
      .waitFor();
  },
);

test('a connection is said only when it takes half a second', { timeout: TEST_MS }, async () => {
  const page = await open();

  const shown = await page.evaluate(() => {
    const tile = /** @type {any} */ (document.querySelector('[data-camera="street"]'));
    const notice = /** @type {HTMLElement} */ (tile.querySelector('.notice'));
    tile.querySelector('.picture').dataset.state = 'connecting';
    notice.hidden = false;
    const [appearing] = notice.getAnimations();
    appearing.pause();
    return [1, 499, 501].map((ms) => {
      appearing.currentTime = ms;
      return getComputedStyle(notice).opacity;
    });
  });

  assert.deepEqual(shown, ['0', '0', '1']);
});

test(
  'a camera with sound shows a silent loudspeaker until it is heard',
  { timeout: TEST_MS },
  async () => {
    const page = await open();
    const mark = tileOf(page, 'front').locator('.sound-mark');
    await mark.waitFor();
    assert.equal(await mark.getAttribute('aria-label'), 'Sound is off');
    const silent = await mark.innerHTML();

    await tileOf(page, 'front').focus();
    await page.keyboard.press('m');

    await page.getByRole('img', { name: 'Sound is on' }).waitFor();
    assert.notEqual(await mark.innerHTML(), silent);
  },
);

test('no two icons look alike', { timeout: TEST_MS }, async () => {
  const page = await open();

  const pairs = await page.evaluate(async () => {
    const address = new URL('picture/icons.js', document.baseURI).href;
    const { icon, NAMES } = await import(address);
    /** Which of 24 × 24 points the lines cross. @param {string} name */
    const points = (name) => {
      const path = icon(name).querySelector('path').getAttribute('d');
      const canvas = new OffscreenCanvas(24, 24);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
      context.lineWidth = 3;
      context.lineCap = 'round';
      context.stroke(new Path2D(path));
      const { data } = context.getImageData(0, 0, 24, 24);
      return new Set([...data.keys()].filter((at) => at % 4 === 3 && data[at] > 60));
    };
    const drawn = new Map(NAMES.map((/** @type {string} */ name) => [name, points(name)]));
    return NAMES.flatMap((/** @type {string} */ one, /** @type {number} */ at) =>
      NAMES.slice(at + 1).map((/** @type {string} */ other) => {
        const [a, b] = [drawn.get(one), drawn.get(other)];
        const both = [...a].filter((point) => b.has(point)).length;
        return { one, other, share: both / (a.size + b.size - both) };
      }),
    ).sort((/** @type {any} */ a, /** @type {any} */ b) => b.share - a.share);
  });

  const faults = pairs.filter((/** @type {any} */ { share }) => share > 0.82);
  assert.deepEqual(faults, [], JSON.stringify(pairs.slice(0, 8)));
  await waitForState(page, 'garden', 'live');
});
