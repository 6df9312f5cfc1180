import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House, TRANSPORT } from './support/house.js';
import { LossyRelay } from './support/lossy_relay.js';
import { WATCHDOG_MS, openPage, waitUntilAllLive, TEST_MS } from './support/page.js';
import { together } from './support/together.js';
import { WhepViewing, openBlankPage } from './support/whep_viewing.js';

/** webrtcbin finds ways of its own to a browser, past any relay, and has its own patience. */
const skip = TRANSPORT === 'webrtcbin';

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
 * Waits until the server's list of viewers is as wanted.
 * @param {(list: Awaited<ReturnType<typeof sessions>>) => boolean} wanted
 */
async function sessionsBecome(wanted) {
  const end = Date.now() + WATCHDOG_MS;
  for (let list = await sessions(); !wanted(list); list = await sessions()) {
    if (Date.now() > end) throw new Error(`${JSON.stringify(list)}\n${house.log}`);
  }
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
  await sessionsBecome((list) => list.length === 1);

  await close();

  await sessionsBecome((list) => list.length === 0);
});

test('a player that closes without a word to the server is noticed at once', async () => {
  const page = await openBlankPage(browser, house.url);
  const viewing = await WhepViewing.start(page, endpoint());
  await viewing.frames(5);

  await viewing.close();

  await sessionsBecome((list) => list.length === 0);
  // By its goodbye, not by its silence.
  assert.match(house.log, new RegExp(`session=${viewing.id} .*the viewer closed the connection`));
  await page.close();
});

test('a browser without UDP plays by TCP, and its tab is missed at once', { skip }, async () => {
  const page = await openBlankPage(browser, house.url);
  const viewing = await WhepViewing.start(page, endpoint(), withoutUdp);
  await viewing.frames(25);
  assert.equal(await viewing.protocol(), 'tcp');
  assert.equal((await sessions())[0].candidate, 'tcp');

  await page.close();

  await sessionsBecome((list) => list.length === 0);
  assert.match(house.log, new RegExp(`session=${viewing.id} .*TCP connection has ended`));
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
  await sessionsBecome((list) => list.length === 0);
  await page.close();
});

test(
  'a browser that is killed is gone when its consent ends',
  { timeout: TEST_MS, skip },
  async () => {
    const other = await launchChromium();
    const page = await openBlankPage(other, house.url);
    const viewing = await WhepViewing.start(page, endpoint());
    await viewing.frames(5);
    const control = await other.newBrowserCDPSession();
    const { processInfo } = await control.send('SystemInfo.getProcessInfo');

    for (const { id } of processInfo) process.kill(id, 'SIGKILL');

    await sessionsBecome((list) => list.length === 0);
    await other.close();
  },
);
