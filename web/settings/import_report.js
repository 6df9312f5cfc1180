import { words } from '../i18n/words.js';

/** @import { Report, ReportError } from './types.js' */
/** @import { Line } from './import_table.js' */

/** @typedef {'wrong' | 'added' | 'changed' | 'unchanged'} Verdict */
/** @typedef {{line: number, name: string, verdict: Verdict, errors: string[]}} ReportRow */
/** @typedef {(key: string, values?: Record<string, string | number>) => string} Text */

/** Columns of a table for keys of a camera. @param {string} key */
const columnOf = (key) =>
  /^streams\[0\]\.url$/.test(key)
    ? 'url'
    : /^streams\[1\]\.url$/.test(key)
      ? 'sub_url'
      : key.replace(/^streams\[\d+\]\./, '');

/**
 * "latency: is not a duration", with the line if it is another one than the camera's.
 * @param {ReportError} error
 * @param {number} from The line of the camera.
 * @param {boolean} table Whether the text is a table.
 * @param {Text} text
 */
function sentence(error, from, table, text) {
  const { key, line = 0 } = error;
  const field = table ? columnOf(key) : key;
  const message = words.said(error, 'message');
  const said = field ? `${field}: ${message}` : message;
  return line > 0 && line !== from ? text('import.in_line', { line, text: said }) : said;
}

/**
 * What is to be said of each line, those with errors first.
 * @param {Line[] | null} lines Of a table; null: the text is YAML.
 * @param {Report} report Of the cameras that could be read.
 * @param {Text} text
 * @returns {ReportRow[]}
 */
export function rowsOf(lines, report, text) {
  /** @type {ReportRow[]} */
  const rows = [];
  for (const { line, name, id, change, errors } of report.cameras) {
    rows.push({
      line,
      name: name || id,
      verdict: errors.length ? 'wrong' : change,
      errors: errors.map((error) => sentence(error, line, lines !== null, text)),
    });
  }
  for (const { line, name, faults } of lines ?? []) {
    if (!faults.length) continue;
    const errors = faults.map(({ column, key, value }) => {
      const said = text(key, { value });
      return column ? `${column}: ${said}` : said;
    });
    rows.push({ line, name, verdict: 'wrong', errors });
  }
  for (const error of report.errors) {
    const { line = 0 } = error;
    const errors = [sentence(error, line, false, text)];
    rows.push({ line, name: '', verdict: 'wrong', errors });
  }
  const last = (/** @type {ReportRow} */ { verdict }) => (verdict === 'wrong' ? 0 : 1);
  return rows.sort((one, other) => last(one) - last(other) || one.line - other.line);
}

/** How many rows have each verdict. @param {ReportRow[]} rows */
export function countsOf(rows) {
  const counts = { wrong: 0, added: 0, changed: 0, unchanged: 0 };
  for (const { verdict } of rows) counts[verdict]++;
  return counts;
}
