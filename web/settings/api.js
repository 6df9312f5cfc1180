/** @import { All, Finding, Report, Settings } from './types.js' */

/** What the server refuses, in words, and what is wrong by the key it is about. */
export class Refusal extends Error {
  /**
   * @param {{detail?: string, title?: string, code?: string, errors?: {key: string, message: string}[]}} problem
   */
  constructor({ detail, title, code, errors = [] }) {
    super(detail || title || code || '');
    this.code = code ?? '';
    this.errors = new Map(errors.map(({ key, message }) => [key, message]));
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
