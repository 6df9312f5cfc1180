import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/**
 * The server's Content-Security-Policy lets pages run and style nothing that stands in them: what
 * does so would work in tests of modules, and not in a browser.
 */
const WEB = new URL('../../web/', import.meta.url).pathname;

/** @param {string} ending */
const files = (ending) =>
  readdirSync(WEB, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));

/**
 * What the policy forbids in a page, and in a module or picture.
 * @type {Record<string, [string, RegExp][]>}
 */
const FORBIDDEN = {
  '.html': [
    ['a script in the page', /<script(?![^>]*\ssrc=)[^>]*>/i],
    ['a style in the page', /<style|\sstyle=/i],
    ['a handler in the page', /<[^>]+\son[a-z]+\s*=/i],
    ['a script in a link', /javascript:/i],
    ['something of another server', /\s(?:src|href)=["']?(?:https?:)?\/\//i],
  ],
  '.js': [
    ['code in a text', /\beval\(|new Function\(|\bset(?:Timeout|Interval)\(\s*['"`]/],
    ['a script in a link', /javascript:/i],
    ['a style as text', /setAttribute\(\s*['"`]style|\.cssText\b/],
  ],
  '.svg': [
    ['a script in the picture', /<script|javascript:/i],
    ['a handler in the picture', /\son[a-z]+\s*=/i],
  ],
};

for (const [ending, rules] of Object.entries(FORBIDDEN)) {
  test(`no file ${ending} needs what the policy forbids`, () => {
    const names = files(ending);
    assert.ok(names.length > 0);
    const found = names.flatMap((name) => {
      const text = readFileSync(join(WEB, name), 'utf8');
      return rules.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${name}: ${what}`);
    });
    assert.deepEqual(found, []);
  });
}

test('the rules find what they are for', () => {
  const found = (/** @type {string} */ ending, /** @type {string} */ text) =>
    FORBIDDEN[ending].filter(([, pattern]) => pattern.test(text)).length;
  assert.equal(found('.html', '<script>x()</script>'), 1);
  assert.equal(found('.html', '<script type="module" src="app.js"></script>'), 0);
  assert.equal(found('.html', '<p style="color: red" onclick="x()">'), 2);
  assert.equal(found('.html', '<img src="//example.org/a.png">'), 1);
  assert.equal(found('.js', "setTimeout('x()', 1)"), 1);
  assert.equal(found('.svg', '<svg onload="x()">'), 1);
});
