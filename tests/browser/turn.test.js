import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { WATCHDOG_MS, openPage, tileOf, waitForState, watchFrames } from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';
import { openTurnServer } from './support/turn_server.js';

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openTurnServer>>} */
let turn;
/** Has another secret than the one that is configured. @type {Awaited<ReturnType<typeof openTurnServer>>} */
let other;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let wall;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let relayed;

/** @type {Record<string, any>[]} What the server said on the WebSockets. */
const heard = [];

/** @param {import('playwright-core').Page} page */
function listen(page) {
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => heard.push(JSON.parse(String(payload)))),
  );
}

/** Makes the browser use nothing but relays: where there is another way, it may ask none of them. */
function relaysOnly() {
  const Connection = window.RTCPeerConnection;
  const only = (/** @type {RTCConfiguration} */ configuration) =>
    /** @type {RTCConfiguration} */ ({ ...configuration, iceTransportPolicy: 'relay' });
  window.RTCPeerConnection = class extends Connection {
    constructor(/** @type {RTCConfiguration} */ configuration = {}) {
      super(only(configuration));
    }
    /** @override */
    setConfiguration(/** @type {RTCConfiguration} */ configuration) {
      super.setConfiguration(only(configuration));
    }
  };
}

before(async () => {
  [turn, other] = [await openTurnServer('north'), await openTurnServer('south')];
  const urls = [turn, other].map(({ port }) => `"turn:127.0.0.1:${port}?transport=udp"`);
  const servers = `[{urls: [${urls}], secret: north, ttl: 600s}]`;
  const configuration = `webrtc:\n  browser_ice_servers: ${servers}\n`;
  [house, browser] = await together(House.open([{ id: 'front' }], configuration), launchChromium());
  wall = await openPage(browser, house.url, { init: async (page) => listen(page) });
  relayed = await openPage(browser, house.url, {
    init: async (page) => {
      listen(page);
      await page.addInitScript(relaysOnly);
    },
  });
});

after(async () => {
  await browser?.close();
  await house?.close();
  turn?.close();
  other?.close();
});

scenario(
  'a page plays where credentials for TURN come with the answer, and only there',
  () => ({ page: wall.page, log: house.log }),
  async (page) => {
    await waitForState(page, 'front', 'live');
    await watchFrames(page, 'front', 5);

    for (const { ice_servers } of heard.filter(({ type }) => type === 'hello')) {
      assert.deepEqual(ice_servers, []);
    }
    const answer = heard.find(({ type }) => type === 'answer');
    // Not the id itself, by which anybody could end the session.
    const name = createHash('sha256').update(answer?.id).digest('hex').slice(0, 16);
    assert.match(answer?.ice_servers[0].username, new RegExp(`^\\d+:${name}$`));
  },
);

scenario(
  'the browser asks the TURN server with the credential that came with its answer',
  () => ({ page: relayed.page, log: house.log }),
  async (page) => {
    const deadline = Date.now() + WATCHDOG_MS;
    while (turn.users.size === 0 && Date.now() < deadline) {
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }

    const told = heard.flatMap(({ ice_servers }) => ice_servers ?? []);
    assert.ok(turn.users.size > 0, 'the browser has asked no TURN server');
    for (const user of turn.users) {
      assert.ok(
        told.some(({ username }) => username === user),
        `nobody was told ${user}`,
      );
    }
  },
);

scenario(
  'a TURN server that does not take the credential is named in the statistics',
  () => ({ page: relayed.page, log: house.log }),
  async (page) => {
    await page.keyboard.press('Shift+I');

    const fact = tileOf(page, 'front').locator('.panel [data-fact="relay"]');
    await fact.filter({ hasText: `turn:127.0.0.1:${other.port}?transport=udp: 401` }).waitFor();
  },
);
