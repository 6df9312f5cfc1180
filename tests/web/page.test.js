import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const WEB = new URL('../../web/', import.meta.url).pathname;

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

test('the whole page is under 60 KB gzipped', () => {
  const sizes = filesIn(WEB).map((file) => gzipSync(readFileSync(file)).length);

  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total < 60 * 1024, `${total} bytes`);
});

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
      assert.match(path, /^\.\//, file);
    }
  }
});

test('each module is one thing: none has more than 400 lines', () => {
  for (const file of filesIn(WEB).filter((name) => name.endsWith('.js'))) {
    const lines = readFileSync(file, 'utf8').split('\n').length;
    assert.ok(lines <= 400, `${file}: ${lines} lines`);
  }
});
