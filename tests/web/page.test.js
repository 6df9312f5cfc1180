import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const WEB = new URL('../../web/', import.meta.url).pathname;

/** What a browser loads for its own bars, for a home screen, or in place of another. */
const IDLE_LINKS = /<link rel="(?:manifest|apple-touch-icon|icon" href="favicon\.ico)"[^>]*>/g;

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

/**
 * What a browser loads: a file, and all that it imports or links.
 * @param {string} entry
 * @param {{later?: boolean}} [options] Also what it loads only when somebody asks for it.
 * @returns {Set<string>}
 */
function loadedBy(entry, { later = false } = {}) {
  /** @type {Set<string>} */
  const loaded = new Set();
  const load = (/** @type {string} */ file) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(file, 'utf8');
    const names = file.endsWith('.html')
      ? text.replace(IDLE_LINKS, '').matchAll(/(?:src|href)="([^"]+)"/g)
      : text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'/gm);
    for (const [, name] of names) load(resolve(dirname(file), name));
    if (!later) return;
    for (const [, name] of text.matchAll(/\bimport\('([^']+)'\)/g)) {
      load(resolve(dirname(file), name));
    }
  };
  load(join(WEB, entry));
  return loaded;
}

// The wall and embedded cameras load what the server says when it says something.
for (const [what, entry, most, texts] of /** @type {const} */ ([
  ['wall', 'index.html', 92, ['ko']],
  ['embedded camera', 'embed.js', 48, ['ko']],
  ['settings', 'settings.html', 60, ['settings.ko', 'reasons.ko']],
])) {
  test(`all that a browser loads for the ${what} is under ${most} KB gzipped`, () => {
    const loaded = [...loadedBy(entry), ...texts.map((name) => join(WEB, `i18n/${name}.json`))];
    const sizes = loaded.map((file) => gzipSync(readFileSync(file)).length);

    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(sizes.length > 10);
    assert.ok(total < most * 1024, `${total} bytes`);
  });
}

test('every module is loaded by one of the pages, but for the types', () => {
  const loaded = new Set(
    ['index.html', 'embed.js', 'settings.html', 'offline.html', 'sw.js'].flatMap((entry) => [
      ...loadedBy(entry, { later: true }),
    ]),
  );

  const idle = filesIn(WEB).filter((file) => file.endsWith('.js') && !loaded.has(file));
  assert.deepEqual(
    idle,
    ['picture', 'player', 'settings', 'wall'].map((name) => join(WEB, name, 'types.js')),
  );
});

for (const entry of ['index.html', 'settings.html']) {
  test(`${entry} preloads all that it imports: modules take one round trip after it`, () => {
    const html = readFileSync(join(WEB, entry), 'utf8');
    const preloaded = [...html.matchAll(/modulepreload" href="([^"]+)"/g)].map(([, name]) => name);
    const [, script] = /** @type {RegExpMatchArray} */ (
      html.match(/<script type="module" src="([^"]+)"/)
    );

    const imported = [...loadedBy(script)].filter((file) => file.endsWith('.js'));
    const wanted = imported.map((file) => relative(WEB, file)).filter((name) => name !== script);
    assert.ok(wanted.length > 5);
    assert.deepEqual(preloaded, wanted.sort());
  });
}

test('no file of the page names another host', () => {
  for (const file of filesIn(WEB)) {
    const hosts = readFileSync(file, 'utf8').match(/https?:\/\/[^\s'"`)]+/g) ?? [];
    assert.deepEqual(
      hosts.filter((host) => !host.startsWith('http://www.w3.org/')),
      [],
      file,
    );
  }
});

test('modules import by relative paths only, so that the page works under any prefix', () => {
  for (const file of filesIn(WEB).filter((name) => name.endsWith('.js'))) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/\bfrom '([^']+)'/g)) {
      assert.match(path, /^\.{1,2}\//, file);
    }
  }
});

test('each module is one thing: none has more than 400 lines', () => {
  for (const file of filesIn(WEB).filter((name) => name.endsWith('.js'))) {
    const lines = readFileSync(file, 'utf8').split('\n').length;
    assert.ok(lines <= 400, `${file}: ${lines} lines`);
  }
});
