import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { WATCHDOG_MS, openPage, waitForState, watchFrames } from './support/page.js';
import { scenario } from './support/scenario.js';
import { together } from './support/together.js';
import { openTurnServer } from './support/turn_server.js';

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openTurnServer>>} */
let turn;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let wall;
const here = () => ({ page: wall.page, log: house.log });
/** @type {string[]} What the server said on the WebSocket. */
const heard = [];

before(async () => {
  turn = await openTurnServer('north');
  const servers = `[{urls: "turn:127.0.0.1:${turn.port}?transport=udp", secret: north, ttl: 600s}]`;
  const configuration = `webrtc:\n  browser_ice_servers: ${servers}\n`;
  [house, browser] = await together(House.open([{ id: 'front' }], configuration), launchChromium());
  wall = await openPage(browser, house.url, {
    init: async (page) => {
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => heard.push(String(payload))),
      );
    },
  });
});

after(async () => {
  await browser?.close();
  await house?.close();
  turn?.close();
});

scenario(
  'the browser asks a TURN server with the credential that came with its answer',
  here,
  async (page) => {
    await waitForState(page, 'front', 'live');
    await watchFrames(page, 'front', 5);
    const deadline = Date.now() + WATCHDOG_MS;
    while (turn.users.size === 0 && Date.now() < deadline) {
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }

    const [hello, answer] = ['hello', 'answer'].map(
      (type) =>
        heard.map((text) => JSON.parse(text)).find((message) => message.type === type) ?? {},
    );
    assert.deepEqual(hello.ice_servers, []);
    const [{ username }] = answer.ice_servers;
    // Not the id itself, by which anybody could end the session.
    const name = createHash('sha256').update(answer.id).digest('hex').slice(0, 16);
    assert.match(username, new RegExp(`^\\d+:${name}$`));
    assert.deepEqual([...turn.users], [username]);
  },
);
