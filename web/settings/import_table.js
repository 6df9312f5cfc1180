import { faultsOf, makeOf, streamsOf } from './camera_urls.js';
import { readCsv } from './csv.js';
import { bodyOf, freeId, listIn, nextStream } from './draft.js';
import { MAKES } from './makes.js';

/** @import { Answers, Make, Settings, Stream } from './types.js' */

/** The columns of a table of cameras, and other names that people give them. */
export const COLUMNS = /** @type {Record<string, string[]>} */ ({
  name: ['camera', 'title', 'label'],
  id: [],
  make: ['brand', 'manufacturer', 'vendor'],
  address: ['host', 'ip', 'ip address', 'hostname'],
  username: ['user', 'user name', 'login'],
  password: ['pass', 'pwd'],
  channel: [],
  path: [],
  url: ['rtsp', 'rtsp url', 'main', 'main url'],
  sub_url: ['sub', 'sub url', 'substream', 'sub-stream'],
  transport: [],
  groups: ['group', 'tags'],
});

/** The columns that make the URLs where there is no url. */
const PLACES = ['make', 'address', 'channel', 'path'];

/** One line of the table: a camera, or what is wrong with it by text key. */
/** @typedef {{line: number, name: string, camera: Settings | null, faults: {column: string, key: string, value: string}[]}} Line */

/** @param {string} text */
const columnOf = (text) => {
  const plain = text
    .toLowerCase()
    .trim()
    .replace(/[_\s]+/g, ' ');
  return Object.keys(COLUMNS).find(
    (name) => name.replace('_', ' ') === plain || COLUMNS[name].includes(plain),
  );
};

/** @param {string} text @returns {Make | undefined} */
const makeNamed = (text) => {
  const plain = text.toLowerCase();
  return MAKES.find(({ id, name = id }) => id === plain || name.toLowerCase().includes(plain));
};

/** @param {string} url */
const hasLogin = (url) => /^\w+:\/\/[^/?#]*@/.test(url);

/** What the columns of one line say. */
class Row {
  #cells;
  /** @type {{column: string, key: string, value: string}[]} */
  faults = [];

  /** @param {Map<string, string>} cells By column. */
  constructor(cells) {
    this.#cells = cells;
  }

  get name() {
    return this.#of('name') || this.#of('id');
  }

  /** @param {string} column */
  #of(column) {
    return this.#cells.get(column) ?? '';
  }

  /** @param {string} column @param {string} key */
  #fault(column, key) {
    this.faults.push({ column, key, value: this.#of(column) });
  }

  /**
   * @param {string[]} taken Ids; gets that of the camera, too.
   * @param {Settings[]} cameras That the server has.
   * @returns {Settings | null}
   */
  camera(taken, cameras) {
    const id = this.#of('id') || freeId(this.#of('name') || 'camera', taken);
    const known = cameras.find((camera) => camera.id === id);
    const streams = this.#of('url') ? this.#written() : this.#composed(known);
    const camera = known ? this.#changed(known, streams) : this.#added(id, streams);
    if (this.faults.length) return null;
    taken.push(id);
    return camera;
  }

  /** @param {string} id @param {Stream[]} streams @returns {Settings} */
  #added(id, streams) {
    const { username, password } = this.#said;
    if (password && !username && this.#of('url')) this.#fault('username', 'guide.username.missing');
    const name = this.#of('name');
    // What all streams have stands once.
    return { id, ...(name && { name }), ...this.#groups, ...this.#said, streams };
  }

  /**
   * The camera with what the line says; all else stays as it is. The server keeps a stored password,
   * which the page does not know, where none is sent.
   * @param {Settings} known
   * @param {Stream[]} said
   * @returns {Settings}
   */
  #changed(known, said) {
    const { username, password } = this.#said;
    const streams = [...known.streams];
    for (const [at, { url }] of said.entries()) {
      // A new stream has the login of the first one, but only the server knows the password.
      const lacks = !streams[at] && streams[0].has_password && !password;
      if (lacks && !hasLogin(url)) this.#fault('password', 'field.missing');
      streams[at] = { ...(streams[at] ?? nextStream(streams)), url };
      // The server would prefer the old one to that in the URL.
      if (hasLogin(url) && !username) delete streams[at].username;
    }
    if (password && streams.some(({ username: old }) => !username && !old)) {
      this.#fault('username', 'guide.username.missing');
    }
    const name = this.#of('name');
    const all = streams.map((stream) => ({ ...stream, ...this.#said }));
    return bodyOf({ ...known, ...(name && { name }), ...this.#groups, streams: all });
  }

  get #groups() {
    const groups = listIn(this.#of('groups'));
    return groups.length ? { groups } : {};
  }

  /** What the line says of all streams. @returns {Partial<Stream>} */
  get #said() {
    const columns = /** @type {const} */ (['username', 'password', 'transport']);
    return Object.fromEntries(
      columns.map((column) => [column, this.#of(column)]).filter(([, text]) => text),
    );
  }

  #written() {
    return this.#sub([{ id: 'main', url: this.#of('url') }]);
  }

  /** @param {Settings} [known] @returns {Stream[]} */
  #composed(known) {
    if (known && !PLACES.some((column) => this.#of(column))) return this.#sub(known.streams);
    const named = this.#of('make');
    const make = named ? makeNamed(named) : makeOf('other');
    if (!make) {
      this.#fault('make', 'import.make');
      return [];
    }
    const channel = this.#of('channel');
    if (channel && !/^[1-9]\d{0,3}$/.test(channel)) this.#fault('channel', 'import.channel');
    /** @type {Answers} */
    const answers = {
      make: make.id,
      address: this.#of('address'),
      path: this.#of('path'),
      channel: Number(channel) || 1,
      username: this.#of('username') || (known?.streams[0].username ?? ''),
      password: this.#of('password'),
    };
    if (!answers.address) this.#fault('address', 'import.address');
    else for (const [column, key] of faultsOf(answers)) this.#fault(column, key);
    return this.#sub(streamsOf(answers).map(({ id, url }) => ({ id, url })));
  }

  /** @param {Stream[]} streams @returns {Stream[]} */
  #sub([main, ...others]) {
    if (!this.#of('sub_url')) return [main, ...others];
    return [main, { id: 'sub', url: this.#of('sub_url') }, ...others.slice(1)];
  }
}

/**
 * The cameras of a table whose first line names its columns.
 * @param {string} text
 * @param {Settings[]} cameras That the server has.
 * @returns {{lines: Line[], faults: {line: number, key: string, value: string}[]}} faults: of the
 *   table as a whole.
 */
export function camerasOfTable(text, cameras) {
  const { rows, open } = readCsv(text);
  if (open) return { lines: [], faults: [{ line: open, key: 'import.quote', value: '' }] };
  const [head, ...body] = rows;
  const heads = head?.cells ?? [];
  // Spreadsheets write empty columns behind the last one, too.
  const count = heads.findLastIndex((cell) => cell !== '') + 1;
  const columns = heads.slice(0, count).map(columnOf);
  const unknown = columns.findIndex((column) => column === undefined);
  if (!columns.includes('url') && !columns.includes('address')) {
    return { lines: [], faults: [{ line: head?.line ?? 1, key: 'import.head', value: '' }] };
  }
  if (unknown >= 0) {
    const value = head.cells[unknown];
    return { lines: [], faults: [{ line: head.line, key: 'import.column', value }] };
  }
  const taken = cameras.map(({ id }) => id);
  const lines = body.map(({ line, cells }) => {
    if (cells.length > heads.length || cells.slice(count).some((cell) => cell !== '')) {
      const value = String(count);
      return { line, name: '', camera: null, faults: [{ column: '', key: 'import.cells', value }] };
    }
    const row = new Row(new Map(cells.map((cell, at) => [columns[at] ?? '', cell])));
    const camera = row.camera(taken, cameras);
    return { line, name: row.name, camera, faults: row.faults };
  });
  return { lines, faults: [] };
}

/** Whether text is YAML, not a table. @param {string} text */
export function isYaml(text) {
  const first = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .find((line) => line.trim() !== '' && !/^\s*#/.test(line));
  return /^\s*(-(\s|$)|[[{]|---|%YAML|["']?[\w.-]+["']?\s*:(\s|$))/.test(first ?? '');
}

/**
 * The cameras as YAML, each on the line that it has in the table: what the server says of lines is
 * then true of the table.
 * @param {Line[]} lines
 */
export function yamlOf(lines) {
  /** @type {string[]} */
  const yaml = [];
  for (const { line, camera } of lines) if (camera) yaml[line - 1] = `- ${JSON.stringify(camera)}`;
  return Array.from(yaml, (text) => text ?? '').join('\n');
}
