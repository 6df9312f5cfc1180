import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House, TRANSPORT } from './support/house.js';
import { LossyRelay } from './support/lossy_relay.js';
import { openPage, waitUntilAllLive } from './support/page.js';
import { together } from './support/together.js';
import { WhepViewing, openBlankPage } from './support/whep_viewing.js';

/** webrtcbin finds ways of its own to a browser, past any relay, and has its own patience. */
const skip = TRANSPORT === 'webrtcbin';
/** Consent to send ends 30 s after the last check (RFC 7675, section 5.1). */
const CONSENT_MS = 30000;

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
const endpoint = () => `${house.url}whep/front`;

before(async () => {
  [house, browser] = await together(House.open([{ id: 'front' }]), launchChromium());
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/** @returns {Promise<{id: string, state: string, candidate: string}[]>} */
async function sessions() {
  const response = await fetch(new URL('api/sessions', house.url));
  return (await response.json()).sessions;
}

/**
 * Waits until the server's list of viewers is as wanted, and returns how long that took, in ms.
 * @param {(list: Awaited<ReturnType<typeof sessions>>) => boolean} wanted
 * @param {number} limit In ms.
 */
async function sessionsBecome(wanted, limit) {
  const begin = Date.now();
  for (let list = await sessions(); !wanted(list); list = await sessions()) {
    if (Date.now() - begin > limit) throw new Error(`${JSON.stringify(list)}\n${house.log}`);
  }
  return Date.now() - begin;
}

/** @param {string} answer */
const withoutUdp = (answer) => answer.replaceAll(/^a=candidate:\S+ 1 udp .*\r\n/gim, '');

test('a page that is reloaded again and again leaves no viewer behind', async () => {
  const { page, close } = await openPage(browser, house.url);
  for (let reload = 0; reload < 3; reload++) {
    await waitUntilAllLive(page);
    await page.reload();
  }
  await waitUntilAllLive(page);
  await sessionsBecome((list) => list.length === 1, 5000);

  await close();

  await sessionsBecome((list) => list.length === 0, 5000);
});

test('a player that closes without a word to the server is noticed at once', async () => {
  const page = await openBlankPage(browser, house.url);
  const viewing = await WhepViewing.start(page, endpoint());
  await viewing.frames(5);

  await viewing.close();

  await sessionsBecome((list) => list.length === 0, 5000);
  await page.close();
});

test('a browser without UDP plays by TCP, and its tab is missed at once', { skip }, async () => {
  const page = await openBlankPage(browser, house.url);
  const viewing = await WhepViewing.start(page, endpoint(), withoutUdp);
  await viewing.frames(25);
  assert.equal(await viewing.protocol(), 'tcp');
  assert.equal((await sessions())[0].candidate, 'tcp');

  await page.close();

  await sessionsBecome(([session]) => session?.state !== 'connected', 2000);
  await sessionsBecome((list) => list.length === 0, 10000);
});

test('an ICE restart brings the picture back over another path', { skip }, async () => {
  const page = await openBlankPage(browser, house.url);
  const first = await LossyRelay.open(() => false);
  const viewing = await WhepViewing.start(page, endpoint(), (sdp) => first.stepInto(sdp));
  await viewing.frames(25);
  const before = await sessions();

  first.close();
  const second = await LossyRelay.open(() => false);
  await viewing.restartIce((sdp) => second.stepInto(sdp));

  await viewing.frames(25);
  assert.deepEqual(
    (await sessions()).map(({ id, state }) => ({ id, state })),
    before.map(({ id }) => ({ id, state: 'connected' })),
  );
  await viewing.close();
  second.close();
  await sessionsBecome((list) => list.length === 0, 5000);
  await page.close();
});

test(
  'a browser that is killed is gone when its consent ends',
  { timeout: 90000, skip },
  async () => {
    const other = await launchChromium();
    const page = await openBlankPage(other, house.url);
    const viewing = await WhepViewing.start(page, endpoint());
    await viewing.frames(5);
    const control = await other.newBrowserCDPSession();
    const { processInfo } = await control.send('SystemInfo.getProcessInfo');

    for (const { id } of processInfo) process.kill(id, 'SIGKILL');

    await sessionsBecome((list) => list.length === 0, CONSENT_MS + 5000);
    await other.close();
  },
);
