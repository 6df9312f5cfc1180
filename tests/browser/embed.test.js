import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House } from './support/house.js';
import { keepScreenshot, openPage, TEST_MS } from './support/page.js';
import { scenario } from './support/scenario.js';
import { servePages } from './support/static_server.js';
import { together } from './support/together.js';

/** A page of another origin, with a strict Content-Security-Policy, shows cameras of a real server. */

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof servePages>>} */
let site;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let opened;
/** @type {string[]} */
const complaints = [];
/** Every one that the page has opened. @type {string[]} */
const sockets = [];
const here = () => ({ page: opened.page, log: house.log });

before(async () => {
  const cameras = [
    { id: 'front', name: 'Front door' },
    { id: 'garden', name: 'Garden' },
    { id: 'new', name: 'H.265 only', codec: 'h265' },
  ];
  // The page's origin is known before the server, whose configuration names it; its content after.
  /** @type {Record<string, {body: string, policy: string}>} */
  const pages = {};
  site = await servePages(pages);
  const { origin } = new URL(site.url);
  const configuration = `embed: {origins: ["${origin}"]}\n`;
  [house, browser] = await together(House.open(cameras, configuration), launchChromium());
  const server = new URL(house.url).host;
  const policy = [
    "default-src 'none'",
    `script-src http://${server}`,
    `connect-src http://${server} ws://${server}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "base-uri 'none'",
    'img-src data:', // The page's own icon.
  ].join('; ');
  pages['/'] = { body: pageOf(house.url), policy };
  opened = await openPage(browser, site.url, {
    init: async (page) => {
      page.on('websocket', (socket) => sockets.push(socket.url()));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
    },
  });
});

after(async () => {
  await browser?.close();
  await site?.close();
  await house?.close();
});

/** @param {string} server */
const pageOf = (server) => `<!doctype html>
<html lang="en">
  <head>
    <title>Another site</title>
    <link rel="icon" href="data:," />
    <script type="module" src="${server}embed.js"></script>
  </head>
  <body>
    <fanlight-camera id="one" server="${server}" camera="front" muted controls></fanlight-camera>
  </body>
</html>`;

/**
 * Waits for the state of an element.
 * @param {import('playwright-core').Page} page
 * @param {string} id
 * @param {string} state
 */
const waitForElement = (page, id, state) =>
  page.waitForFunction(
    ([name, wanted]) => /** @type {any} */ (document.getElementById(name))?.state === wanted,
    [id, state],
  );

/**
 * Does something with the page's elements.
 * @param {import('playwright-core').Page} page
 * @param {(document: any) => unknown} act
 */
const script = (page, act) => page.evaluate(`(${act})(document)`);

scenario(
  'a camera plays in a page of another origin, whose policy is strict',
  here,
  async (page) => {
    await waitForElement(page, 'one', 'live');
    await page.waitForFunction(() => {
      const one = /** @type {any} */ (document.getElementById('one'));
      return (one.statistics?.framesDecoded ?? 0) > 10;
    });

    assert.notEqual(new URL(site.url).host, new URL(house.url).host);
    assert.deepEqual(
      [...opened.hosts].sort(),
      [new URL(site.url).host, new URL(house.url).host].sort(),
    );
    assert.deepEqual(complaints, []);
    // The element was there before its class, and its attributes come one by one.
    assert.deepEqual(sockets, [`ws://${new URL(house.url).host}/ws`]);
    await page.locator('#one').hover();
    await keepScreenshot(page, 'embedded');
  },
);

scenario('its buttons, keys and attributes do what they say', here, async (page) => {
  const one = page.locator('#one');
  await one.hover();
  await one.getByRole('button', { name: 'Pause' }).click();
  await waitForElement(page, 'one', 'paused');
  await one.getByRole('button', { name: 'Play' }).last().click();
  await waitForElement(page, 'one', 'live');

  await one.getByRole('group', { name: 'Front door, Live' }).focus();
  await page.keyboard.press('m');
  assert.equal(await script(page, (d) => d.getElementById('one').muted), false);
  await script(page, (d) => (d.getElementById('one').muted = true));
  assert.equal(await script(page, (d) => d.getElementById('one').muted), true);

  await script(page, (d) => d.getElementById('one').setAttribute('stats', ''));
  await one.locator('.panel [data-fact="bitrate"]', { hasText: 'bit/s' }).waitFor();
  await script(page, (d) => d.getElementById('one').removeAttribute('stats'));
  await one.locator('.panel').waitFor({ state: 'hidden' });

  await script(page, (d) => d.getElementById('one').removeAttribute('controls'));
  assert.equal(await one.locator('.controls').isVisible(), false);
});

scenario('script plays, pauses, takes a snapshot and hears of every state', here, async (page) => {
  await script(page, (d) => {
    /** @type {string[]} */
    const states = (d.defaultView.states = []);
    d.getElementById('one').addEventListener('state', (/** @type {any} */ { detail }) =>
      states.push(detail.state),
    );
    d.getElementById('one').pause();
  });
  await waitForElement(page, 'one', 'paused');
  await script(page, (d) => d.getElementById('one').play());
  await waitForElement(page, 'one', 'live');
  assert.deepEqual(await script(page, (d) => d.defaultView.states), [
    'paused',
    'connecting',
    'live',
  ]);

  const snapshot = await script(page, async (d) => {
    const blob = await d.getElementById('one').snapshot();
    return [blob.type, blob.size > 1000];
  });
  assert.deepEqual(snapshot, ['image/jpeg', true]);
  const report = /** @type {any} */ (await script(page, (d) => d.getElementById('one').report()));
  assert.equal(report.camera.id, 'front');
});

scenario(
  'several elements share one WebSocket, and one that leaves ends its session',
  here,
  async (page) => {
    await script(page, (d) => {
      const two = d.createElement('fanlight-camera');
      two.id = 'two';
      for (const name of ['server', 'camera']) {
        two.setAttribute(name, d.getElementById('one').getAttribute(name));
      }
      two.setAttribute('camera', 'garden');
      d.body.append(two);
    });
    await waitForElement(page, 'two', 'live');
    const sessions = async () => {
      const answer = await fetch(new URL('api/sessions', house.url));
      return (await answer.json()).sessions.length;
    };
    assert.equal(await sessions(), 2);
    // Not asked to be silent, yet nobody has clicked for it since: it plays all the same.
    assert.equal(await script(page, (d) => typeof d.getElementById('two').muted), 'boolean');

    await script(page, (d) => d.body.prepend(d.getElementById('two')));
    await script(page, (d) => d.getElementById('two').setAttribute('camera', 'front'));
    await waitForElement(page, 'two', 'live');
    await script(page, (d) => d.getElementById('two').remove());

    await page.waitForFunction(
      async (url) => (await (await fetch(url)).json()).sessions.length === 1,
      new URL('api/sessions', house.url).href,
    );
  },
);

scenario('what changes while it is out of the page counts when it is back', here, async (page) => {
  await script(page, (d) => {
    const one = d.getElementById('one');
    one.remove();
    one.setAttribute('camera', 'garden');
    d.body.append(one);
  });
  await waitForElement(page, 'one', 'live');

  const report = /** @type {any} */ (await script(page, (d) => d.getElementById('one').report()));
  assert.equal(report.camera.id, 'garden');
});

scenario(
  'what this browser cannot play, or the server does not have, is said',
  here,
  async (page) => {
    await script(page, (d) => d.getElementById('one').setAttribute('camera', 'new'));
    await waitForElement(page, 'one', 'refused');
    assert.match(
      /** @type {string} */ (await script(page, (d) => d.getElementById('one').message)),
      /^Can’t play H\.265\. The camera sends H\.265\. .* In the camera, set the video codec/,
    );
    await keepScreenshot(page, 'embedded, refused');

    await script(page, (d) => d.getElementById('one').setAttribute('camera', 'nowhere'));
    await page.waitForFunction(() =>
      /does not know this camera/.test(/** @type {any} */ (document.getElementById('one')).message),
    );
    assert.deepEqual(opened.faults, []);
  },
);

test('a page that the configuration does not name is told why', { timeout: TEST_MS }, async () => {
  const stranger = await servePages({ '/': { body: pageOf(house.url), policy: '' } });
  const { origin } = new URL(stranger.url);
  /** @type {string[]} */
  const said = [];
  const { page, close } = await openPage(browser, stranger.url, {
    init: async (opening) => opening.on('console', (message) => said.push(message.text())),
  });
  try {
    await waitForElement(page, 'one', 'refused');
    const one = page.locator('#one');
    assert.match(
      /** @type {string} */ (await script(page, (d) => d.getElementById('one').message)),
      /^Not allowed\. This page is not allowed to show the cameras of that server/,
    );
    assert.ok((await one.locator('.notice-detail').innerText()).includes(`origins: ["${origin}"]`));
    await keepScreenshot(page, 'embedded, of a stranger');
    const words = said.find((line) => line.startsWith('fanlight: ')) ?? '';
    assert.ok(words.includes(`embed.origins: ["${origin}"]`), said.join('\n'));

    const answers = await page.evaluate(async (url) => {
      const status = async (/** @type {string} */ path, /** @type {RequestInit} */ request = {}) =>
        (await fetch(new URL(path, url), request)).status;
      return [
        await status('api/cameras'),
        await status('whep/front', { method: 'POST', body: 'v=0' }),
        await status('embed.js'),
      ];
    }, house.url);
    assert.deepEqual(answers, [403, 403, 200]);
    // A player asks by what browsers ask about first, and must hear why all the same.
    const told = await page.evaluate(async (url) => {
      const headers = { 'Content-Type': 'application/sdp' };
      return (await fetch(url, { method: 'POST', headers, body: 'v=0' })).json();
    }, `${house.url}whep/front`);
    assert.equal(told.code, 'foreign_page');
    assert.ok(told.detail.includes(`embed.origins: ["${origin}"]`));
  } finally {
    await close();
    await stranger.close();
  }
});

test(
  'an address that answers, but not to the page, is told from one that is gone',
  { timeout: TEST_MS },
  async () => {
    // As of a proxy with a login, which knows nothing of CORS.
    const proxy = await servePages({});
    const body = pageOf(house.url).replace(/server="[^"]+"/, `server="${proxy.url}"`);
    const site = await servePages({ '/': { body, policy: '' } });
    const { page, close } = await openPage(browser, site.url);
    try {
      await page.waitForFunction(() =>
        /^Can’t reach the server\. The address answers, but the browser does not let this page read/.test(
          /** @type {any} */ (document.getElementById('one')).message,
        ),
      );
    } finally {
      await close();
      await Promise.all([site.close(), proxy.close()]);
    }
  },
);

test('the example in web/examples plays', { timeout: TEST_MS }, async () => {
  const example = await openPage(browser, `${house.url}examples/embed.html`);

  await example.page.waitForFunction(
    () => /** @type {any} */ (document.querySelector('fanlight-camera'))?.state === 'live',
  );

  assert.deepEqual([...example.hosts], [new URL(house.url).host]);
  assert.deepEqual(example.faults, []);
  await example.close();
});
