import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { LANGUAGES, Words } from '../../web/i18n/words.js';

const WEB = new URL('../../web/', import.meta.url);
/** @typedef {Record<string, string | Record<string, string>>} Messages */
/** One file per language of each: the wall and embedded cameras, the settings, the page without a server, what the server says. */
const PAGES = ['', 'settings.', 'offline.', 'reasons.'];
/** @param {string} name @returns {Messages} */
const read = (name) => JSON.parse(readFileSync(new URL(`i18n/${name}.json`, WEB), 'utf8'));
/** @type {Record<string, Messages>} */
const messages = Object.fromEntries(LANGUAGES.map((language) => [language, read(language)]));
/** All files: which, its texts, and those of English. */
const FILES = PAGES.flatMap((page) =>
  LANGUAGES.map((language) => ({
    file: `${page}${language}`,
    language,
    texts: read(`${page}${language}`),
    english: read(`${page}en`),
  })),
);

/** @type {Words} */
let english;
/** @type {Words} */
let korean;

beforeEach(() => {
  Object.defineProperty(globalThis, 'navigator', {
    value: { languages: ['en', 'ko'] },
    configurable: true,
  });
  english = new Words();
  english.set('en', messages.en);
  korean = new Words();
  korean.set('ko', messages.ko);
});

/** @param {string | Record<string, string>} message */
const forms = (message) => (typeof message === 'string' ? [message] : Object.values(message));
/** @param {string} text */
const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('every language has the same keys in the same order', () => {
  for (const { file, texts, english } of FILES) {
    assert.deepEqual(Object.keys(texts), Object.keys(english), file);
  }
});

test('there is no file of a language that nobody can choose', () => {
  const files = readdirSync(new URL('i18n/', WEB)).filter((name) => name.endsWith('.json'));
  const languages = files.map((name) => name.split('.').at(-2) ?? '');
  assert.deepEqual([...new Set(languages)].sort(), [...LANGUAGES].sort());
});

test('no text is empty, and each has the places for values that English has', () => {
  for (const { file, texts, english } of FILES) {
    for (const [key, message] of Object.entries(texts)) {
      for (const form of forms(message)) {
        assert.notEqual(form.trim(), '', `${file}: ${key}`);
        assert.deepEqual(places(form), places(forms(english[key])[0]), `${file}: ${key}`);
      }
    }
  }
});

test('each language has the plural forms it needs', () => {
  for (const { file, language, texts, english } of FILES) {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, message] of Object.entries(texts)) {
      assert.equal(typeof message, typeof english[key], `${file}: ${key}`);
      if (typeof message === 'string') continue;
      assert.deepEqual(
        Object.keys(message).sort(),
        [...pluralCategories].sort(),
        `${file}: ${key}`,
      );
    }
  }
});

test('each language says the same in its own words', () => {
  // What is written alike everywhere, or happens to be.
  const alike = (/** @type {string} */ text) => !/\p{L}{4}/u.test(text.replace(/\{\w+\}/g, ''));
  for (const { file, language, texts, english } of FILES) {
    if (language === 'en') continue;
    const same = Object.entries(texts).filter(
      ([key, message]) =>
        JSON.stringify(message) === JSON.stringify(english[key]) && !alike(forms(message)[0]),
    );
    assert.ok(same.length < 12, `${file}: ${same.map(([key]) => key).join(', ')}`);
  }
});

test('every text that the modules ask for exists, and every one that exists is asked for', () => {
  const sources = readdirSync(WEB, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(new URL(name, WEB), 'utf8'))
    .join('\n');
  const literals = new Set(
    [...sources.matchAll(/'([a-z]+(?:\.[a-zA-Z_]+)+)'/g)].map(([, key]) => key),
  );
  const groups = new Set(Object.keys(messages.en).map((key) => key.split('.')[0]));
  const asked = [...literals].filter((key) => groups.has(key.split('.')[0]) && !/\.js$/.test(key));
  for (const key of asked) assert.ok(key in messages.en, `${key} is missing`);

  // These are put together from a name: state.<name>, reason.<code> and what is said beside it, fact.<name>, caption.<place>, theme.<name>.
  const composed =
    /^((state|refused|reason|todo|detail|fact)\.\w+|caption\.(over|below|hidden)|theme\.(system|light|dark))$/;
  for (const key of Object.keys(messages.en)) {
    assert.ok(literals.has(key) || composed.test(key), `${key} is not used`);
  }
});

test('every state, every code of docs/signalling.md and every fact has its words', async () => {
  const states = [
    'paused',
    'blocked',
    'connecting',
    'live',
    'stalled',
    'retrying',
    'offline',
    'refused',
    'gone',
  ];
  for (const state of states) assert.ok(`state.${state}` in messages.en, state);

  const contract = readFileSync(new URL('../docs/signalling.md', WEB), 'utf8');
  const table = contract.slice(
    contract.indexOf('`closed` ends'),
    contract.indexOf('`error` leaves'),
  );
  const codes = [...table.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code);
  assert.ok(codes.length > 8, 'the table of codes was not found');
  for (const code of codes) assert.ok(`reason.${code}` in messages.en, code);

  const { BRIEF } = await import('../../web/picture/facts.js');
  const { ALL, CURVES } = await import('../../web/picture/panel_facts.js');
  for (const { name } of [...ALL, ...BRIEF, ...CURVES]) {
    assert.ok(`fact.${name}` in messages.en, name);
  }
});

test('numbers, rates and sizes are written as the reader does', () => {
  assert.equal(english.number(1234567), '1,234,567');
  assert.equal(english.bitrate(1_024_000), '1.02 Mbit/s');
  assert.equal(english.bitrate(64_250), '64.3 kbit/s');
  assert.equal(korean.bitrate(2_500_000), '2.50Mbit/s');
  assert.equal(english.bytes(3_210_000), '3.2 MB');
  assert.equal(english.percent(0.004), '0.4%');
  assert.equal(english.milliseconds(0.0004), '0.4');
});

test('the server speaks the language of the reader', () => {
  korean.set('ko', messages.ko, {
    untrusted: '신뢰하지 않는 인증서({host}): {faults}',
    expired: '만료됨',
    other_host: '다른 호스트({port}번 포트)',
  });
  const said = {
    reason: 'the certificate of h is wrong: it has expired, it is for port 8554, it is odd',
    reason_code: 'untrusted',
    reason_values: {
      host: 'h',
      faults: [
        { message: 'it has expired', message_code: 'expired' },
        {
          message: 'it is for port 8554',
          message_code: 'other_host',
          message_values: { port: 8554 },
        },
        { message: 'it is odd', message_code: 'unknown_here' },
      ],
    },
  };

  assert.equal(
    korean.said(said, 'reason'),
    '신뢰하지 않는 인증서(h): 만료됨, 다른 호스트(8554번 포트), it is odd',
  );
});

test('the server is quoted where the reader’s language has no words for what it says', () => {
  korean.set('ko', messages.ko, { known: '아는 말' });

  assert.equal(
    korean.said({ reason: 'of a newer server', reason_code: 'new' }, 'reason'),
    'of a newer server',
  );
  assert.equal(korean.said({ reason: 'of an older server' }, 'reason'), 'of an older server');
  assert.equal(korean.said({}, 'reason'), '');
  assert.equal(korean.said({ reason: 'x', reason_code: 'constructor' }, 'reason'), 'x');
});

test('what the server says is loaded when it says something, and once', async (t) => {
  /** @type {string[]} */
  const asked = [];
  t.mock.method(globalThis, 'fetch', async (/** @type {URL} */ url) => {
    asked.push(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
    return Response.json(asked.at(-1) === 'reasons.ko.json' ? { known: '아는 말' } : {});
  });
  await korean.use('ko', 'ko', { reasons: 'later' });
  assert.deepEqual(asked, ['ko.json']);
  const said = { reason: 'known', reason_code: 'known' };
  const learnt = new Promise((resolve) => korean.addEventListener('change', resolve));

  assert.equal(korean.said(said, 'reason'), 'known', 'it is quoted meanwhile');
  korean.said(said, 'reason');
  await learnt;

  assert.equal(korean.said(said, 'reason'), '아는 말');
  assert.deepEqual(asked, ['ko.json', 'reasons.ko.json']);
});

test('a count chooses the plural form', () => {
  assert.equal(english.text('value.packets', { value: '1' }, 1), '1 packet');
  assert.equal(english.text('value.packets', { value: '2' }, 2), '2 packets');
  assert.equal(korean.text('value.packets', { value: '2' }, 2), '패킷 2개');
});
