import { words } from '../i18n/words.js';

/** @import { All, Finding, Report, Settings } from './types.js' */

/**
 * The server's sentences have their codes and values beside them (docs/reasons.md). Errors in the
 * server's files have a place, and those in an import a line.
 * @typedef {{key: string, message: string, message_code?: string, message_values?: object,
 *   file?: string, line?: number}} WrongKey
 * @typedef {{title?: string, code?: string, detail?: string, detail_code?: string,
 *   detail_values?: object, errors?: WrongKey[]}} Problem
 */

/**
 * A line for each: "fanlight.yaml:7: cameras[0].url: …"; of a request, "line 7: cameras[0].url: …".
 * @param {WrongKey[]} [errors]
 */
export const linesOf = (errors = []) =>
  errors
    .map((error) => {
      const { file, key, line = 0 } = error;
      const place = file && [file, line].filter(Boolean).join(':');
      const text = [place, key, words.said(error, 'message')].filter(Boolean).join(': ');
      return line && !file ? words.text('import.in_line', { line, text }) : text;
    })
    .join('\n');

/** What the server refuses, in words, and what is wrong by the key it is about. */
export class Refusal extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    const { title, code = '', errors = [] } = problem;
    super(linesOf(errors) || words.said(problem, 'detail') || title || code);
    this.code = code;
    this.errors = new Map(errors.map((error) => [error.key, words.said(error, 'message')]));
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {Pick<RequestInit, 'signal' | 'keepalive'>} [how]
 */
async function ask(method, path, body, how) {
  /** @type {RequestInit} */
  const request = { method, ...how };
  if (body !== undefined) {
    request.headers = { 'Content-Type': 'application/json' };
    request.body = JSON.stringify(body);
  }
  const response = await fetch(new URL(path, document.baseURI), request);
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal({ title: `HTTP ${response.status}`, ...answer });
  return answer;
}

const camera = (/** @type {string} */ id) => `api/cameras/${encodeURIComponent(id)}/settings`;

/** The API of docs/settings.md; every call throws a Refusal where the server refuses. */
export const api = {
  /** @returns {Promise<All>} */
  all: () => ask('GET', 'api/settings'),
  /** @param {Settings} settings @returns {Promise<Settings>} */
  add: (settings) => ask('POST', 'api/cameras', settings),
  /** @param {string} id @param {Settings} settings @returns {Promise<Settings>} */
  change: (id, settings) => ask('PUT', camera(id), settings),
  /** @param {string} id @param {Pick<RequestInit, 'keepalive'>} [how] */
  remove: (id, how) => ask('DELETE', camera(id), undefined, how),
  /**
   * Many changes as one: cameras as YAML, and ids.
   * @param {{yaml?: string, remove?: string[], dry_run?: boolean}} changes
   * @returns {Promise<Report>}
   */
  import: (changes) => ask('PATCH', 'api/cameras', changes),
  /** @param {string[]} ids */
  order: (ids) => ask('PUT', 'api/cameras/order', { ids }),
  /** @param {object} stream @param {AbortSignal} [signal] @returns {Promise<Finding>} */
  test: (stream, signal) => ask('POST', 'api/cameras/test', stream, { signal }),
  reload: () => ask('POST', 'api/reload', {}),
};
