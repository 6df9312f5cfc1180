import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { BUILD, House } from './support/house.js';
import { openPage, TEST_MS, WATCHDOG_MS, waitUntilAllLive, watchFrames } from './support/page.js';
import { together } from './support/together.js';

/** The page over HTTPS, with a certificate that signs itself, and that is renewed meanwhile. */

const folder = mkdtempSync(join(tmpdir(), 'fanlight-https-'));
/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;

/**
 * Makes a certificate and its key. Returns what Chromium calls the certificate when it is told to
 * trust it.
 * @param {string} name
 */
function makeCertificate(name) {
  const place = join(folder, name);
  mkdirSync(place);
  execFileSync(join(BUILD, 'src/fanlight'), ['cert', 'self-signed', place]);
  const { publicKey } = new X509Certificate(readFileSync(join(place, 'fanlight.crt')));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

/** @param {string} name */
function use(name) {
  for (const file of ['fanlight.key', 'fanlight.crt']) {
    copyFileSync(join(folder, name, file), join(folder, file));
  }
}

before(async () => {
  const trusted = [makeCertificate('first'), makeCertificate('second')];
  use('first');
  const serverKeys = `  tls:
    certificate: ${join(folder, 'fanlight.crt')}
    key: ${join(folder, 'fanlight.key')}
    redirect: 127.0.0.1:0
`;
  [house, browser] = await together(
    House.open([{ id: 'front' }], '', { serverKeys }),
    launchChromium([`--ignore-certificate-errors-spki-list=${trusted.join()}`]),
  );
});

after(async () => {
  await browser?.close();
  await house?.close();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * The server's viewers, as the page itself can ask for them.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{id: string, packets_lost?: number}[]>}
 */
const sessions = (page) =>
  page.evaluate(async () => (await (await fetch('api/sessions')).json()).sessions);

test('the page plays over HTTPS and WSS, in a secure context', { timeout: TEST_MS }, async () => {
  assert.match(house.url, /^https:/);
  const { page, close } = await openPage(browser, house.url);
  await waitUntilAllLive(page);
  await watchFrames(page, 'front', 3);

  assert.equal(await page.evaluate(() => window.isSecureContext), true);
  await close();
});

test('HTTP leads to HTTPS', { timeout: TEST_MS }, async () => {
  const [, redirect] = house.log.match(/address=(\S+) leading HTTP to HTTPS/) ?? [];
  assert.ok(redirect, house.log);
  const { page, close } = await openPage(browser, `http://${redirect}/?grid=1`);
  await waitUntilAllLive(page);

  assert.equal(page.url(), `${house.url}?grid=1`);
  await close();
});

test('a renewed certificate costs no viewer a frame', { timeout: TEST_MS }, async () => {
  const { page, close } = await openPage(browser, house.url);
  await waitUntilAllLive(page);
  const viewers = await sessions(page);
  const watching = watchFrames(page, 'front', 50);

  use('second');

  const deadline = Date.now() + WATCHDOG_MS;
  while (!house.log.includes('the server uses the renewed certificate')) {
    assert.ok(Date.now() < deadline, house.log);
    await watchFrames(page, 'front', 1);
  }
  await watching;
  const now = await sessions(page);
  assert.deepEqual(
    now.map(({ id }) => id),
    viewers.map(({ id }) => id),
  );
  assert.equal(now[0].packets_lost ?? 0, 0);
  await close();
});
