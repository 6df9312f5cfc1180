import { words } from '../i18n/words.js';

/** @import { Kept, Layout } from './types.js' */
/** @import { Library } from './library.js' */

/** Codes of a server that lets this browser only look. */
const FORBIDDEN = [401, 403, 404, 405];

/** Why the server did not change a layout, in words. */
export class LayoutRefusal extends Error {
  /** @param {string} message @param {number} [status] Of the answer, if there was one. */
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }

  /** Whether it says that somebody else has changed the layout. */
  get isConflict() {
    return this.status === 412;
  }
}

/** Changes the layouts that all devices share; what the server has then is in the library. */
export class LayoutApi {
  /** Whether this browser may; it is not known before it has tried. */
  may = true;
  #library;

  /** @param {Library} library */
  constructor(library) {
    this.#library = library;
  }

  /** Whether to try. */
  get shares() {
    return this.#library.shares && this.may;
  }

  /**
   * @param {string} name
   * @param {Layout} layout
   * @returns {Promise<boolean>} Whether the server has it; if not, this browser keeps it.
   */
  async add(name, layout) {
    if (this.shares && (await this.#ask('POST', '', { name, layout }))) return true;
    this.#library.save(name, layout);
    return false;
  }

  /** @param {Kept} kept As it is to be. @param {string} [before] Its name until now. */
  async replace({ id, name, layout, revision, shared }, before = name) {
    if (shared) return this.#ask('PUT', id, { name, layout }, ifMatch(revision));
    this.#library.save(name, layout);
    if (before !== name) this.#library.remove(before);
  }

  /** @param {Kept} kept */
  async remove({ id, name, revision, shared }) {
    if (shared) return this.#ask('DELETE', id, undefined, ifMatch(revision));
    this.#library.remove(name);
  }

  /** Takes a removed one back. @param {Kept} kept */
  async restore({ id, name, layout, shared }) {
    if (shared) return this.#ask('PUT', id, { name, layout }, { 'If-None-Match': '*' });
    this.#library.save(name, layout);
  }

  /**
   * @param {string} method
   * @param {string} id
   * @param {{name: string, layout: Layout}} [body]
   * @param {Record<string, string>} [headers]
   * @returns {Promise<boolean>} False: this browser may not.
   */
  async #ask(method, id, body, headers = {}) {
    const path = id ? `api/layouts/${encodeURIComponent(id)}` : 'api/layouts';
    /** @type {RequestInit} */
    const request = { method, headers };
    if (body) {
      request.headers = { ...headers, 'Content-Type': 'application/json' };
      request.body = JSON.stringify(body);
    }
    const answer = await fetch(new URL(path, document.baseURI), request).catch(() => null);
    if (!answer) throw new LayoutRefusal(words.text('wall.gone'));
    if (!answer.ok && !id && FORBIDDEN.includes(answer.status)) return (this.may = false);
    const problem = answer.ok ? null : await answer.json().catch(() => ({}));
    // Also after a refusal: somebody else may have changed it.
    await this.#library.load();
    if (!problem) return true;
    await words.learn();
    const [wrong] = problem.errors ?? [];
    const why = wrong ? words.said(wrong, 'message') : words.said(problem, 'detail');
    throw new LayoutRefusal(why || problem.title || `HTTP ${answer.status}`, answer.status);
  }
}

/**
 * Of a revision that is not known it names one that no layout has: the server then says that
 * there is another.
 * @param {number} revision
 */
const ifMatch = (revision) => ({ 'If-Match': `"${revision || Number.MAX_SAFE_INTEGER}"` });
