import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { LANGUAGES } from '../../web/i18n/words.js';
import { ABSENT, Return } from '../../web/page/return.js';
import { Clock, settle } from './support/clock.js';

const WEB = new URL('../../web/', import.meta.url).pathname;
const SCOPE = 'https://home.example/cameras/';

/**
 * The service worker, with a network and a cache of ours.
 * @param {(url: string) => Response | null} network Null: no answer.
 */
function worker(network) {
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {};
  /** @type {Map<string, string>} */
  const cache = new Map();
  /** @type {string[]} */
  const asked = [];
  const fetch = async (/** @type {any} */ request) => {
    const url = request.url ?? request;
    asked.push(url);
    const answer = network(url);
    if (!answer) throw new TypeError('Failed to fetch');
    return answer;
  };
  const store = {
    addAll: async (/** @type {{url: string}[]} */ requests) => {
      const answers = await Promise.all(requests.map(fetch));
      if (!answers.every(({ ok }) => ok)) throw new TypeError('Request failed');
      for (const [at, { url }] of requests.entries()) cache.set(url, await answers[at].text());
    },
    match: async (/** @type {string} */ url) => {
      const text = cache.get(url.split('?')[0]);
      return text === undefined ? undefined : new Response(text);
    },
  };
  const self = {
    registration: { scope: SCOPE },
    skipWaiting: () => {},
    addEventListener: (/** @type {string} */ name, /** @type {any} */ run) => {
      listeners[name] = run;
    },
  };
  class Request {
    /** @param {string} url @param {object} options */
    constructor(url, options) {
      Object.assign(this, { url, options });
    }
  }
  runInNewContext(readFileSync(join(WEB, 'sw.js'), 'utf8'), {
    self,
    fetch,
    Request,
    Response,
    URL,
    Set,
    location: new URL(SCOPE),
    caches: { open: async () => store },
  });
  /** @type {Promise<unknown>[]} */
  const extended = [];
  const waitUntil = (/** @type {Promise<unknown>} */ promise) => extended.push(promise);
  return {
    cache,
    asked,
    install: async () => {
      listeners.install({ waitUntil });
      await Promise.all(extended.splice(0));
    },
    /** A page has been loaded. */
    load: async () => {
      listeners.message({ data: 'keep', waitUntil });
      await Promise.all(extended.splice(0));
    },
    /**
     * What the worker answers; undefined: it leaves the request to the browser.
     * @param {string} url
     * @param {{mode?: string, clientId?: string}} [more]
     * @returns {Promise<Response | undefined>}
     */
    ask: async (url, { mode = 'navigate', ...more } = {}) => {
      /** @type {Promise<Response> | undefined} */
      let answer;
      listeners.fetch({
        request: { url, mode },
        clientId: '',
        resultingClientId: 'new',
        respondWith: (/** @type {Promise<Response>} */ given) => (answer = given),
        ...more,
      });
      return answer;
    },
  };
}

const served = (/** @type {string} */ version) => (/** @type {string} */ url) =>
  new Response(`${version} ${url.slice(SCOPE.length)}`);

test('while the server is there, pages are the server’s', async () => {
  const { install, ask } = worker(served('1'));
  await install();

  assert.equal(await (await ask(`${SCOPE}?kiosk`))?.text(), '1 ?kiosk');
  assert.equal(await (await ask(`${SCOPE}settings.html`))?.text(), '1 settings.html');
});

test('without a server, and behind a proxy without one, there is a page that says so', async () => {
  for (const status of [0, ...ABSENT]) {
    let there = true;
    const { install, ask } = worker((url) => {
      if (there) return served('1')(url);
      return status ? new Response('', { status }) : null;
    });
    await install();
    there = false;

    const page = await ask(`${SCOPE}?wall=front&kiosk`);

    assert.equal(await page?.text(), '1 offline.html', String(status));
    // What that page loads comes from the same place, and nothing that others load.
    const mine = await ask(`${SCOPE}i18n/words.js`, { mode: 'cors', clientId: 'new' });
    assert.equal(await mine?.text(), '1 i18n/words.js');
    assert.equal(await ask(`${SCOPE}i18n/words.js`, { mode: 'cors', clientId: 'x' }), undefined);
  }
});

test('video, the API, modules and other addresses are none of its business', async () => {
  const { install, ask, asked } = worker(served('1'));
  await install();
  asked.splice(0);

  for (const [url, mode] of [
    [`${SCOPE}api/cameras`, 'navigate'],
    [`${SCOPE}ready`, 'navigate'],
    [`${SCOPE}whep/front`, 'cors'],
    [`${SCOPE}app.js`, 'cors'],
    [`${SCOPE}offline.css`, 'no-cors'],
    ['https://home.example/', 'navigate'],
    ['https://home.example/cameras2/', 'navigate'],
  ]) {
    assert.equal(await ask(url, { mode, clientId: 'wall' }), undefined, url);
  }
  assert.deepEqual(asked, []);
});

test('an error of the server’s own is shown as it is', async () => {
  const { install, ask } = worker((url) =>
    url === SCOPE ? new Response('no', { status: 403 }) : served('1')(url),
  );
  await install();

  assert.equal((await ask(SCOPE))?.status, 403);
});

test('after an update of the server, the page without one is the new one', async () => {
  let version = '1';
  let there = true;
  const { install, load, ask } = worker((url) => (there ? served(version)(url) : null));
  await install();
  version = '2';
  await load();
  there = false;

  assert.equal(await (await ask(SCOPE))?.text(), '2 offline.html');
});

test('it keeps all files of a page, or the older ones', async () => {
  let half = false;
  const { install, load, cache } = worker((url) =>
    half && url.endsWith('.css') ? null : served(half ? '2' : '1')(url),
  );
  await install();
  half = true;
  await load();

  assert.ok([...cache.values()].every((text) => text.startsWith('1 ')));
});

test('the worker keeps exactly what the page without a server loads, in all languages', async () => {
  const { install, cache } = worker(served('1'));
  await install();
  const wanted = new Set([join(WEB, 'offline.html')]);
  for (const file of wanted) {
    const text = readFileSync(file, 'utf8');
    const names = file.endsWith('.html')
      ? text.matchAll(/(?:src|href)="([^"]+)"/g)
      : text.matchAll(/^import\b[^;]*?\bfrom '([^']+)'/gm);
    for (const [, name] of names) wanted.add(resolve(dirname(file), name));
  }
  for (const language of LANGUAGES) wanted.add(join(WEB, `i18n/offline.${language}.json`));

  const kept = [...cache.keys()].map((url) => url.slice(SCOPE.length));
  assert.deepEqual(kept.sort(), [...wanted].map((file) => relative(WEB, file)).sort());
});

test('the page asks for the server with growing pauses, and comes back once it answers', async () => {
  const clock = new Clock().install();
  try {
    let [status, asks, back] = [0, 0, 0];
    const fetch = async () => {
      asks++;
      if (!status) throw new TypeError('Failed to fetch');
      return /** @type {Response} */ ({ status });
    };
    const waits = [4000, 8000, 16000];
    const backoff = /** @type {any} */ ({ next: () => waits.shift() ?? 30000 });
    const seeker = new Return(SCOPE, () => back++, { fetch, backoff });

    await clock.advance(12000);
    assert.deepEqual([asks, back], [2, 0]);
    status = 502;
    await clock.advance(16000);
    assert.deepEqual([asks, back], [3, 0], 'a proxy alone is no server');
    status = 302; // To the login of a proxy.
    void seeker.ask();
    await settle();
    assert.deepEqual([asks, back], [4, 1]);
    await clock.advance(120000);
    assert.equal(asks, 4);
  } finally {
    clock.uninstall();
  }
});
