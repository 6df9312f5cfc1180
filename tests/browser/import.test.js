import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { graveFaults } from './support/axe.js';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot, openPage } from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';

/** Many cameras at once: imported with a report of each line, found in a long list, and removed. */

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
/** @type {string[]} */
let asked;
const here = () => ({ page, log: house.log });

before(async () => {
  const cameras = [{ id: 'front', name: 'Front door', audio: 'none', gop: 25, loop: 4 }];
  [house, browser] = await together(House.open(cameras), launchChromium());
  ({ page } = await openPage(browser, `${house.url}settings.html`));
  asked = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') asked.push(request.method());
  });
  await page.locator('[data-camera="front"]').waitFor();
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** @param {string} text */
async function check(text) {
  await page.locator('#import-text').fill(text);
  await page.locator('.check-lines').click();
  await page.locator('.import .found:not(:empty)').waitFor();
}
const rows = () =>
  page
    .locator('.report tbody tr')
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')),
    );
/** Ids of the cameras that the server has. @returns {Promise<string[]>} */
const cameras = async () => {
  const all = await (await fetch(`${house.url}api/settings`)).json();
  return all.cameras.map((/** @type {{id: string}} */ { id }) => id);
};
/** Nothing connects to them. @param {number} count */
const yaml = (count) =>
  Array.from(
    { length: count },
    (_, at) =>
      `- id: hall-${at + 1}\n  name: Hall ${at + 1}\n  url: rtsp://127.0.0.1:1/${at + 1}\n  pull: on_demand\n`,
  ).join('');
const shown = () => page.locator('#cameras > li:visible').count();

scenario('a table is checked line by line before anything is saved', here, async () => {
  await page.locator('#tools .import').click();
  await page.getByRole('dialog', { name: 'Import cameras' }).waitFor();
  assert.deepEqual(await graveFaults(page), []);

  await check(
    [
      'name,make,address,username,password,url',
      'Gate,Hikvison,192.0.2.10,admin,secret,',
      'Yard,,,,,http://192.0.2.11/',
      'Barn,Axis,,root,,',
      'Shed,Tapo,192.0.2.12,,,',
    ].join('\n'),
  );

  assert.equal(
    await page.locator('.import .found').innerText(),
    'New: 1. Changed: 0. Unchanged: 0. With errors: 3. Correct the lines with errors, then check again. Nothing was saved.',
  );
  const [gate, yard, barn, shed] = await rows();
  assert.match(gate.join(' | '), /^2 \| Gate \| make: “Hikvison” is not a known make/);
  assert.match(yard.join(' | '), /^3 \| Yard \| url: This is not an RTSP URL/);
  assert.match(barn.join(' | '), /^4 \| Barn \| address: Enter an address or a url/);
  assert.deepEqual(shed, ['5', 'Shed', 'new']);
  assert.equal(await page.locator('.import .save').isVisible(), false);
  assert.deepEqual(await cameras(), ['front']);
  assert.deepEqual(await graveFaults(page), []);
  await keepScreenshot(page, 'import errors');
});

scenario('a file that was not chosen after all changes nothing', here, async () => {
  await page.locator('#import-text').fill('');

  await page.locator('#import-file').dispatchEvent('cancel', { bubbles: true });

  assert.equal(await page.locator('.import[open]').count(), 1);
});

scenario('YAML gives the line of each key that is wrong', here, async () => {
  await check('cameras:\n  - id: gate\n    url: rtsp://192.0.2.10/1\n    latncy: 1s\n');

  const [[line, name, result]] = await rows();
  assert.deepEqual([line, name], ['2', 'gate']);
  assert.match(result, /^line 4: latncy: This is not a valid key here\. Did you mean latency\?/);
});

scenario('a file in an encoding other than UTF-8 is refused in words', here, async () => {
  await page.locator('#import-file').setInputFiles({
    name: 'cameras.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('name,url\nT\u00fcr,rtsp://192.0.2.10/1\n', 'latin1'),
  });

  await page.locator('.import .failure', { hasText: '“CSV UTF-8”' }).waitFor();
  assert.equal(await page.locator('.report tr').count(), 0);
});

scenario('text that was changed has to be checked again', here, async () => {
  await check(yaml(1));
  await page.locator('.import .save', { hasText: 'Save 1 camera' }).waitFor();

  await page.locator('#import-text').press('End');
  await page.keyboard.type(' ');

  assert.equal(await page.locator('.import .save').isVisible(), false);
  assert.equal(await page.locator('.report tr').count(), 0);
});

scenario('a file of hundreds of cameras is saved in one request', here, async () => {
  asked.length = 0;
  await page.locator('#import-file').setInputFiles({
    name: 'cameras.yaml',
    mimeType: 'application/yaml',
    buffer: Buffer.from(yaml(300)),
  });
  const save = page.locator('.import .save', { hasText: 'Save 300 cameras' });
  await save.waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('.save'));
  await keepScreenshot(page, 'import ready');

  await page.keyboard.press('Enter');

  await page.locator('#announcer', { hasText: '300 cameras were imported' }).waitFor();
  assert.deepEqual(asked, ['PATCH', 'PATCH'], 'one to check, one to save');
  assert.equal((await cameras()).length, 301);
});

scenario('a long list is searched', here, async () => {
  await page.waitForFunction(() => document.querySelectorAll('#cameras > li').length === 301);
  await page.getByRole('searchbox', { name: 'Search cameras' }).fill('hall-127');

  await page.locator('#find .count', { hasText: '1 of 301 cameras' }).waitFor();
  assert.equal(await page.locator('[data-camera="hall-127"]').isVisible(), true);
  assert.equal(await page.locator('[data-camera="hall-127"] .up').isVisible(), false);
  await keepScreenshot(page, 'settings search');
  await page.getByRole('searchbox').fill('');
});

scenario('a long list is narrowed to a state', here, async () => {
  await page.locator('[data-camera="hall-300"][data-state="idle"]').waitFor();
  await page.locator('[data-camera="front"][data-state="live"]').waitFor();

  await page.getByLabel('State').selectOption({ label: 'live' });
  assert.equal(await shown(), 1);
  await page.getByLabel('State').selectOption({ label: 'not working' });
  assert.equal(await shown(), 0);
  await page.getByLabel('State').selectOption({ label: 'not connected' });

  await page.locator('#find .count', { hasText: '300 of 301 cameras' }).waitFor();
});

scenario('only what is seen is selected, and removed once that is sure', here, async () => {
  await page.getByRole('searchbox').fill('hall-2');
  const all = page.getByLabel('Select all shown');
  await all.check();
  await page.locator('.remove-selected', { hasText: 'Remove selected (111)' }).waitFor();
  await page.getByLabel('Select Hall 25', { exact: true }).uncheck();
  await page.locator('.remove-selected', { hasText: 'Remove selected (110)' }).waitFor();
  assert.equal(
    await all.evaluate((box) => /** @type {HTMLInputElement} */ (box).indeterminate),
    true,
  );
  await page.getByRole('searchbox').fill('hall-29');
  await page.locator('.remove-selected', { hasText: 'Remove selected (11)' }).waitFor();
  assert.deepEqual(await graveFaults(page), []);
  await keepScreenshot(page, 'settings selected');
  /** @type {string[]} */
  const questions = [];
  page.once('dialog', (dialog) => {
    questions.push(dialog.message());
    void dialog.dismiss();
  });
  await page.locator('.remove-selected').click();
  assert.match(questions[0], /^Remove 11 cameras: Hall 29, Hall 290, .* and 6 more\?/);
  assert.equal((await cameras()).length, 301);
  page.once('dialog', (dialog) => void dialog.accept());
  asked.length = 0;

  await page.locator('.remove-selected').click();

  await page.locator('#announcer', { hasText: '11 cameras were removed' }).waitFor();
  assert.deepEqual(asked, ['PATCH']);
  const left = await cameras();
  assert.equal(left.length, 290);
  assert.equal(left.includes('hall-29'), false);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'find');
});

scenario('a camera of the configuration is never selected', here, async () => {
  await page.getByRole('searchbox').fill('');
  await page.getByLabel('State').selectOption({ label: 'All states' });

  await page.getByLabel('Select all shown').check();

  await page.locator('.remove-selected', { hasText: 'Remove selected (289)' }).waitFor();
  assert.equal(await page.locator('[data-camera="front"] .select').count(), 0);
  await page.getByLabel('Select all shown').uncheck();
  await page.locator('.remove-selected').waitFor({ state: 'hidden' });
});

scenario('a line with the id of a camera changes it', here, async () => {
  await page.locator('#tools .import').click();
  await check('id;name;url;transport\nhall-1;Great hall;rtsp://127.0.0.1:1/1;udp\n');

  assert.deepEqual(await rows(), [['2', 'Great hall', 'changes the camera']]);
  await page.locator('.import .save').click();

  await page.locator('h2', { hasText: 'Great hall' }).waitFor();
  const { cameras: all } = await (await fetch(`${house.url}api/settings`)).json();
  const hall = all.find((/** @type {{id: string}} */ { id }) => id === 'hall-1');
  assert.equal(hall.streams[0].transport, 'udp');
  assert.equal(hall.streams[0].pull, 'on_demand', 'the table does not say otherwise');
});

scenario('text that was entered is not lost without a question', here, async () => {
  await page.locator('#tools .import').click();
  await page.locator('#import-text').fill('name,url\n');
  for (let times = 0; times < 2; times++) {
    page.once('dialog', (dialog) => void dialog.dismiss());
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.import[open] #import-text').inputValue(), 'name,url\n');
  }
  // As Chromium does where the page may not prevent it.
  const question = page.waitForEvent('dialog');
  const closed = page
    .locator('dialog.import')
    .evaluate((dialog) => /** @type {HTMLDialogElement} */ (dialog).close());
  await (await question).dismiss();
  await closed;
  assert.equal(await page.locator('.import[open] #import-text').inputValue(), 'name,url\n');
  page.once('dialog', (dialog) => void dialog.accept());

  await page.locator('.import .close').click();

  await page.locator('.import[open]').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.matches('#tools .import'));
});
