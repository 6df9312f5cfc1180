import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hideTab, TEST_MS, tileOf, waitForCameras, waitUntilAllLive } from './support/page.js';
import { pagesOfOneBrowser } from './support/pages.js';

/** Links, titles, back and forward, theme, and a page that is older than its server. */

const openOne = pagesOfOneBrowser();

const ALL = ['front', 'garden', 'garage'];
const CAMERAS = [
  { id: 'front', name: 'Front door', audio_codec: '' },
  { id: 'garden', name: 'Garden', audio_codec: '' },
  { id: 'garage', name: 'Garage', audio_codec: '' },
];

/**
 * @param {string} [query]
 * @param {Parameters<typeof openOne>[2]} [options]
 */
async function open(query = '', options = {}) {
  const { page } = await openOne(query, CAMERAS, options);
  await waitUntilAllLive(page);
  return page;
}

/** Another page of the same server. @param {import('playwright-core').Page} page @param {string} name */
const goTo = (page, name) => page.goto(new URL(name, page.url()).href);

/** @param {import('playwright-core').Page} page @param {string} wanted */
const waitForTitle = (page, wanted) =>
  page.waitForFunction((title) => document.title === title, wanted);

const searchOf = (/** @type {import('playwright-core').Page} */ page) => new URL(page.url()).search;

test('address and title follow the camera, back and forward', { timeout: TEST_MS }, async () => {
  const page = await open();
  assert.equal(await page.title(), 'Fanlight');

  await tileOf(page, 'garden').locator('.picture').click();
  await waitForTitle(page, 'Garden – Fanlight');
  assert.equal(searchOf(page), '?camera=garden');
  await page.keyboard.press('ArrowRight');
  await waitForTitle(page, 'Garage – Fanlight');

  await page.goBack();
  await waitForCameras(page, ALL);
  assert.equal(await page.title(), 'Fanlight');
  await page.goForward();
  await waitForCameras(page, ['garage']);
  await page.reload();
  await waitForCameras(page, ['garage']);
  await waitForTitle(page, 'Garage – Fanlight');
  await page.keyboard.press('Escape');
  await waitForCameras(page, ALL);
  assert.equal(searchOf(page), '');
});

test('a link to one camera shows it, and Escape all', { timeout: TEST_MS }, async () => {
  const page = await open('?camera=garden');
  await waitForCameras(page, ['garden']);
  await waitForTitle(page, 'Garden – Fanlight');

  await page.keyboard.press('Escape');
  await waitForCameras(page, ALL);
  await page.goBack();
  await waitForCameras(page, ['garden']);
});

test('a link leads to a camera that the wall does not have', { timeout: TEST_MS }, async () => {
  const page = await open('?wall=front,garage&camera=garden');
  await waitForCameras(page, ['garden']);

  await page.keyboard.press('Escape');

  await waitForCameras(page, ['front', 'garage']);
});

test('the menu of a tile copies a link to its camera', { timeout: TEST_MS }, async () => {
  const page = await open('', { permissions: ['clipboard-read', 'clipboard-write'] });
  await tileOf(page, 'front').hover();
  await tileOf(page, 'front').locator('.controls .more').click();

  await tileOf(page, 'front').getByRole('button', { name: 'Copy link' }).click();

  await tileOf(page, 'front').getByRole('button', { name: 'Copied' }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, new URL('?camera=front', page.url()).href);
});

test('layouts with names are steps, with titles and addresses', { timeout: TEST_MS }, async () => {
  const page = await open();
  await page.locator('#arrange').click();
  const layouts = page.locator('.layouts');
  await page.locator('#drawer-grid').selectOption('4');
  await layouts.getByRole('textbox').fill('Night');
  await layouts.getByRole('button', { name: 'Save' }).click();
  await layouts.getByRole('button', { name: 'All cameras' }).click();
  await layouts.getByRole('button', { name: 'Night', exact: true }).click();
  await waitForTitle(page, 'Night – Fanlight');
  assert.equal(searchOf(page), '?wall=*&grid=4&name=Night');

  await page.goBack();
  await waitForTitle(page, 'Fanlight');
  assert.equal(await page.locator('#drawer-grid').inputValue(), '0');
  await page.goForward();
  await waitForTitle(page, 'Night – Fanlight');
  assert.equal(await page.locator('#drawer-grid').inputValue(), '4');

  const link = page.url();
  const other = await open(new URL(link).search);
  await waitForTitle(other, 'Night – Fanlight');
});

test('a theme that somebody chooses stays, on every page', { timeout: TEST_MS }, async () => {
  const page = await open();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.locator('#arrange').click();

  await page.locator('#drawer-theme').selectOption('light');

  const light = await ground();
  assert.notEqual(light, dark);
  await page.reload();
  assert.equal(await ground(), light);
  await goTo(page, 'settings.html');
  assert.equal(await ground(), light);
  await page.locator('#theme').selectOption('system');
  assert.equal(await ground(), dark);
  await page.emulateMedia({ colorScheme: 'light' });
  // The page hears of it with its next picture.
  await page.waitForFunction(
    (wanted) => getComputedStyle(document.body).backgroundColor === wanted,
    light,
  );
});

test('the settings speak another language at once', { timeout: TEST_MS }, async () => {
  const page = await open();
  await goTo(page, 'settings.html');

  await page.locator('#language').selectOption('ko');

  await waitForTitle(page, '설정 – Fanlight');
  await goTo(page, './');
  await page.waitForFunction(() => document.documentElement.lang === 'ko');
});

test(
  'a newer page is loaded while nobody looks, and the wall stays',
  { timeout: TEST_MS },
  async () => {
    // Pages load a newer one at different times, by chance.
    const init = (/** @type {import('playwright-core').Page} */ opening) =>
      opening.addInitScript(() => {
        Math.random = () => 0;
      });
    const page = await open('?wall=front,garden&grid=1', { init });
    await page.keyboard.press('PageDown');
    await waitForCameras(page, ['garden']);
    await page.evaluate(() => {
      Object.assign(window, { old: true });
    });
    await hideTab(page, true);

    const loaded = page.waitForEvent('load');
    await page.evaluate(`loopback.version = '1'; loopback.kill(); loopback.start()`);

    await loaded;
    await waitForCameras(page, ['garden']);
    assert.equal(await page.evaluate(() => 'old' in window), false);
  },
);
