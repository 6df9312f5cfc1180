import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LANGUAGES } from '../../web/i18n/words.js';
import { documentOfReasons, reasonsOf, reasonsOfServer } from './support/reasons.js';

const REASONS = reasonsOfServer();

/** @param {string} text */
const places = (text) =>
  [...new Set([...text.matchAll(/\{[a-z_]+\}/g)].map(([place]) => place))].sort();
/** @param {string} language @returns {Record<string, string>} */
const wordsOf = (language) =>
  JSON.parse(
    readFileSync(new URL(`../../web/i18n/reasons.${language}.json`, import.meta.url), 'utf8'),
  );

test('reasons are found in the source with their values', () => {
  const source = `
    // Not "in_a_comment"_reason.
    return Error{Errc::busy, Reason{"no_room"_reason,
                                    "no {kind} left for "
                                    "\\"{what}\\"",
                                    {{"kind", kinds.at({1, 2})}, {"what", {what}}}}};
    const std::vector<Reason::Value> place{{"address", host}};
    return {"unreachable"_reason, "cannot reach {address}", place};
    return {"no_aac"_reason, "the camera sends no AAC"};`;

  assert.deepEqual(reasonsOf(source, 'a.cpp'), [
    {
      code: 'no_room',
      sentence: 'no {kind} left for "{what}"',
      values: ['kind', 'what'],
      file: 'a.cpp',
    },
    {
      code: 'unreachable',
      sentence: 'cannot reach {address}',
      values: ['address'],
      file: 'a.cpp',
    },
    { code: 'no_aac', sentence: 'the camera sends no AAC', values: [], file: 'a.cpp' },
  ]);
  assert.throws(() => reasonsOf('return {"no_aac"_reason, words};'), /not followed/);
});

test('each sentence of the server has one code, and the values that it names', () => {
  assert.ok(REASONS.length > 200, 'the reasons were not found');
  /** @type {Map<string, string>} */
  const sentences = new Map();
  for (const { code, sentence, values, file } of REASONS) {
    assert.match(code, /^[a-z][a-z0-9_]*$/, file);
    assert.equal(sentences.get(code) ?? sentence, sentence, `${file}: ${code} has two sentences`);
    sentences.set(code, sentence);
    for (const place of places(sentence)) {
      assert.ok(values.includes(place.slice(1, -1)), `${file}: ${code} gives no ${place}`);
    }
  }
});

test('every language has every sentence that the server can send, with its values', () => {
  const sentences = new Map(REASONS.map(({ code, sentence }) => [code, sentence]));
  for (const language of LANGUAGES) {
    const words = wordsOf(language);
    for (const [code, sentence] of sentences) {
      assert.ok(words[code]?.trim(), `${language} has no words for ${code}: ${sentence}`);
      assert.deepEqual(places(words[code]), places(sentence), `${language}: ${code}`);
    }
    for (const code of Object.keys(words)) {
      assert.ok(sentences.has(code), `${language}: the server never says ${code}`);
    }
  }
});

test('docs/reasons.md has every sentence', () => {
  const { is, shouldBe } = documentOfReasons();

  assert.equal(is, shouldBe, 'run node tests/web/support/reasons.js --write');
});
