/** @typedef {{line: number, cells: string[]}} CsvRow */

/**
 * The text of a file; null: it is in another encoding, in which spreadsheets save by themselves.
 * @param {ArrayBuffer} bytes
 */
export function utf8Of(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What is between the cells of a line: what is most often in the first one. @param {string} text */
function separatorOf(text) {
  const lines = text.split(/\r\n|\r|\n/);
  const first = lines.find((line) => /[^\s,;"]/.test(line) && !/^\s*#/.test(line)) ?? '';
  const count = (/** @type {string} */ sign) => first.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/**
 * The rows of a table (RFC 4180), with the line that each begins on, from 1. Cells may be in quotes,
 * also over several lines; semicolons and tabs separate cells, too, as spreadsheets write them.
 * Empty lines and lines that begin with # are left out.
 * @param {string} source
 * @returns {{rows: CsvRow[], open: number}} open: the line of a quote without an end; 0: none.
 */
export function readCsv(source) {
  const text = source.replace(/^\uFEFF/, '');
  const separator = separatorOf(text);
  /** @type {CsvRow[]} */
  const rows = [];
  let line = 1;
  let row = /** @type {CsvRow} */ ({ line, cells: [] });
  let cell = '';
  let quoted = 0; // The line where it began.
  let closed = false;
  const endCell = () => {
    row.cells.push(closed ? cell : cell.trim());
    cell = '';
    closed = false;
  };
  const endRow = () => {
    endCell();
    const empty = row.cells.every((value) => value === '');
    if (!empty && !row.cells[0].startsWith('#')) rows.push(row);
    row = { line: line + 1, cells: [] };
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    const newline = sign === '\n' || (sign === '\r' && text[at + 1] !== '\n');
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = 0;
      closed ||= quoted === 0;
    } else if (sign === '"' && cell.trim() === '' && !closed) {
      cell = '';
      quoted = line;
    } else if (sign === separator) endCell();
    else if (newline) endRow();
    else if (sign !== '\r' && !(closed && /\s/.test(sign))) cell += sign;
    if (newline) line++;
  }
  if (cell !== '' || closed || row.cells.length) endRow();
  return { rows, open: quoted };
}
