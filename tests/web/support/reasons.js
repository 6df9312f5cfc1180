/** The reasons that the server can give (src/base/reason.h), read from its source. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = new URL('../../../src/', import.meta.url);

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
/** The code and the sentence of a Reason, which are literals: `"no_aac"_reason, "the camera sends no AAC"`. */
const REASON = new RegExp(String.raw`"(\w+)"_reason,\s*(${STRING}(?:\s*${STRING})*)`, 'g');

/**
 * @typedef {object} Reason
 * @property {string} code
 * @property {string} sentence In English, with its values as {name}.
 * @property {string[]} values The names of those that the server gives with it.
 * @property {string} file
 */

/** @returns {Reason[]} */
export function reasonsOfServer() {
  return readdirSync(SOURCE, { recursive: true })
    .map(String)
    .filter((name) => /\.(cpp|h)$/.test(name))
    .sort()
    .flatMap((file) => reasonsOf(readFileSync(new URL(file, SOURCE), 'utf8'), file));
}

/** @param {string} source @param {string} [file] @returns {Reason[]} */
export function reasonsOf(source, file = '') {
  const code = source.replace(/^\s*\/\/.*$/gm, '');
  const found = [...code.matchAll(REASON)];
  if (found.length !== (code.match(/\w"_reason/g) ?? []).length) {
    throw new Error(`${file}: a _reason is not followed by its sentence, a literal`);
  }
  return found.map((match) => ({
    code: match[1],
    sentence: [...match[2].matchAll(new RegExp(STRING, 'g'))]
      .map(([literal]) => JSON.parse(literal))
      .join(''),
    values: valuesAt(code.slice(match.index + match[0].length), code),
    file,
  }));
}

/**
 * The names in a list of values, `, {{"seconds", 61}, {"host", host}}`; of a list that has its own
 * name in the source, those of the list that the file has under it.
 * @param {string} rest What follows the sentence.
 * @param {string} code The whole file.
 */
function valuesAt(rest, code) {
  const named = rest.match(/^,\s*(\w+)[^\w(]/)?.[1];
  if (!named) return namesIn(/^,\s*\{/.test(rest) ? rest : '');
  return [...code.matchAll(new RegExp(String.raw`\b${named}(?=\{\{|\.push_back\()`, 'g'))].flatMap(
    ({ index }) => namesIn(code.slice(index)),
  );
}

/** @param {string} text Begins with a list in brackets. */
function namesIn(text) {
  let depth = 0;
  let end = 0;
  for (const { 0: token, index } of text.matchAll(new RegExp(`${STRING}|[{}()]`, 'g'))) {
    if ('{('.includes(token)) depth += 1;
    if ('})'.includes(token)) depth -= 1;
    end = index;
    if (depth === 0 && '})'.includes(token)) break;
  }
  return [...text.slice(0, end).matchAll(/\{\s*"(\w+)",/g)].map(([, name]) => name);
}

/** docs/reasons.md is up to this line written by people, and behind it by `--write`. */
const HEAD = '| Code | Sentence |\n|---|---|\n';
const DOCUMENT = new URL('../../../docs/reasons.md', import.meta.url);

/** @returns {{is: string, shouldBe: string}} */
export function documentOfReasons() {
  const is = readFileSync(DOCUMENT, 'utf8');
  const sentences = new Map(reasonsOfServer().map(({ code, sentence }) => [code, sentence]));
  const rows = [...sentences]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, sentence]) => `| \`${code}\` | ${sentence.replaceAll('*', '\\*')} |\n`);
  return { is, shouldBe: is.slice(0, is.indexOf(HEAD)) + HEAD + rows.join('') };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--write')) {
  writeFileSync(DOCUMENT, documentOfReasons().shouldBe);
}
