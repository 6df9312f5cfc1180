import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot, openPage, waitForCameras, TEST_MS } from './support/page.js';
import { together } from './support/together.js';

/** Layouts that the server keeps: every device has them. */

const CAMERAS = ['front', 'garden', 'garage'].map((id) => ({
  id,
  size: '320x180',
  fps: 5,
  bitrate: 100,
  audio: 'none',
}));
const [FRONT, GARDEN, GARAGE] = CAMERAS.map(({ id }) => id);

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [house, browser] = await together(House.open(CAMERAS), launchChromium());
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** @returns {Promise<{id: string, name: string, revision: number, layout: object}[]>} */
async function layouts() {
  const answer = await fetch(new URL('api/layouts', house.url));
  return (await answer.json()).layouts;
}

beforeEach(async () => {
  for (const { id } of await layouts()) {
    const headers = { 'If-Match': '*' };
    await fetch(new URL(`api/layouts/${id}`, house.url), { method: 'DELETE', headers });
  }
});

/** A device that has never been here. @param {string} [query] */
async function device(query = '') {
  const { page } = await openPage(browser, new URL(query, house.url).href);
  await page.locator('fanlight-tile').first().waitFor();
  return page;
}

/** @param {import('playwright-core').Page} page */
async function arrange(page) {
  await page.keyboard.press('a');
  const drawer = page.getByRole('complementary', { name: 'Arrange' });
  await drawer.waitFor();
  return drawer;
}

/** Saves what is shown. @param {import('playwright-core').Locator} drawer @param {string} name */
async function save(drawer, name) {
  await drawer.getByRole('textbox', { name: 'Name of this layout' }).fill(name);
  await drawer.getByRole('button', { name: 'Save', exact: true }).click();
  await drawer.getByRole('button', { name, exact: true }).waitFor();
}

test(
  'a layout that is saved on one device is there on the other, at once, and in its address',
  { timeout: TEST_MS },
  async () => {
    const other = await arrange(await device());
    const page = await device();
    const drawer = await arrange(page);
    await drawer.getByText('Layouts are saved on the server').waitFor();
    await drawer.getByRole('checkbox', { name: 'garden' }).uncheck();

    await save(drawer, 'Night');

    await other.getByRole('button', { name: 'Night', exact: true }).click();
    await waitForCameras(other.page(), [FRONT, GARAGE]);
    const [{ id }] = await layouts();
    assert.equal(new URL(other.page().url()).search, `?layout=${id}`);
    await other.page().waitForFunction(() => document.title === 'Night – Fanlight');
    await keepScreenshot(page, 'layouts of the server');
  },
);

test('a page that shows a layout follows it, without a reload', { timeout: TEST_MS }, async () => {
  const page = await device();
  const drawer = await arrange(page);
  await drawer.getByRole('checkbox', { name: 'garden' }).uncheck();
  await save(drawer, 'Night');
  const [{ id }] = await layouts();
  const kiosk = await device(`?layout=${id}&kiosk`);
  await waitForCameras(kiosk, [FRONT, GARAGE]);

  await drawer.getByRole('checkbox', { name: 'front' }).uncheck();
  await drawer.getByText('“Night” has changes that are not saved.').waitFor();
  assert.equal((await layouts())[0].revision, 1);
  await drawer.getByRole('button', { name: 'Save changes' }).click();

  await waitForCameras(kiosk, [GARAGE]);
  assert.equal((await layouts())[0].revision, 2);
  await drawer.getByText('has changes that are not saved').waitFor({ state: 'hidden' });
});

test(
  'layouts are renamed, copied and deleted, and a deleted one comes back under its address',
  { timeout: TEST_MS },
  async () => {
    const page = await device();
    const drawer = await arrange(page);
    await save(drawer, 'Night');
    const [{ id }] = await layouts();

    await drawer.getByRole('button', { name: 'Rename layout “Night”' }).click();
    await drawer.getByRole('textbox', { name: 'Rename layout “Night”' }).fill('Evening');
    await page.keyboard.press('Enter');
    await drawer.getByRole('button', { name: 'Evening', exact: true }).waitFor();
    await drawer.getByRole('button', { name: 'Duplicate layout “Evening”' }).click();
    await drawer.getByRole('button', { name: 'Evening (copy)', exact: true }).waitFor();
    await drawer.getByRole('button', { name: 'Delete layout “Evening”' }).click();
    await drawer
      .getByRole('button', { name: 'Evening', exact: true })
      .waitFor({ state: 'detached' });
    assert.deepEqual(
      (await layouts()).map(({ name }) => name),
      ['Evening (copy)'],
    );

    await page.getByRole('button', { name: 'Undo' }).click();

    await drawer.getByRole('button', { name: 'Evening', exact: true }).waitFor();
    assert.equal((await layouts()).find(({ name }) => name === 'Evening')?.id, id);
  },
);

test('two who change one layout at once lose nothing', { timeout: TEST_MS }, async () => {
  const page = await device();
  const drawer = await arrange(page);
  await save(drawer, 'Night');
  const [night] = await layouts();
  await drawer.getByRole('checkbox', { name: 'front' }).uncheck();
  const theirs = await fetch(new URL(`api/layouts/${night.id}`, house.url), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' },
    body: JSON.stringify({ name: 'Night', layout: { ...night.layout, grid: 4 } }),
  });
  assert.equal(theirs.status, 200);
  // The page knows of it before the click, and does not take that for consent.
  await page.waitForFunction(() => {
    const shared = JSON.parse(localStorage.getItem('fanlight.layouts.shared') ?? '{}');
    return shared.layouts?.[0]?.revision === 2;
  });

  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await drawer.getByText('Somebody else has changed the layout “Night”').waitFor();
  assert.equal((await layouts())[0].revision, 2);

  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await drawer.getByText('has changes that are not saved').waitFor({ state: 'hidden' });
  const [after] = await layouts();
  assert.equal(after.revision, 3);
  assert.equal(/** @type {any} */ (after.layout).wall, `${GARDEN},${GARAGE},*,!${FRONT}`);
});

test('whether later cameras are shown is a choice of a layout', { timeout: TEST_MS }, async () => {
  const page = await device();
  const drawer = await arrange(page);
  const box = drawer.getByRole('checkbox', { name: 'Show cameras that are added later' });
  assert.equal(await box.isChecked(), true);

  await box.uncheck();
  await save(drawer, 'These');

  const [{ layout }] = await layouts();
  assert.equal(/** @type {any} */ (layout).wall, [FRONT, GARDEN, GARAGE].join());
});
