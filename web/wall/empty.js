import { words } from '../i18n/words.js';
import { write } from '../picture/element.js';
import { lossKey, retryText } from './header.js';

/** @import { Signalling } from '../player/signalling.js' */
/** @import { Wall } from './wall.js' */

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * What stands in place of tiles while there are none: why, and how to get some. Whether this page
 * may add cameras, only the server knows: it is asked once it is found to have none.
 */
export class Empty {
  #wall;
  #signalling;
  #element = byId('empty');
  #text = byId('empty-text');
  #detail = byId('empty-detail');
  #offer = /** @type {HTMLAnchorElement} */ (byId('empty-add'));
  /** What the server says; null: it has not been asked, or it gave no answer. @type {{may: boolean, refusal: Record<string, any>} | null} */
  #leave = null;
  #asking = false;

  /** @param {Wall} wall @param {Signalling} signalling */
  constructor(wall, signalling) {
    this.#wall = wall;
    this.#signalling = signalling;
    this.#offer.href = 'settings.html?add';
    // Another server may be another address, or have other rules.
    signalling.on('phase', () => (this.#leave = null));
  }

  show() {
    const { phase, cameras, gone, refusal } = this.#signalling;
    this.#element.hidden = this.#wall.tiles.length > 0;
    if (this.#wall.tiles.length) return;
    const none = phase === 'open' && !gone && !refusal && cameras.length === 0;
    if (none) void this.#ask();
    const may = none && this.#leave?.may === true;
    this.#offer.hidden = !may;
    write(this.#offer, words.text('wall.empty.add'));
    write(this.#text, words.text(this.#headline()));
    write(this.#detail, this.#advice());
  }

  #headline() {
    const { phase, cameras, gone, refusal } = this.#signalling;
    if (refusal || gone) return lossKey(this.#signalling);
    if (phase !== 'open') return 'wall.connecting';
    return cameras.length ? 'wall.none' : 'wall.empty';
  }

  #advice() {
    const { phase, cameras, gone, refusal: refused } = this.#signalling;
    if (refused) return words.said(refused, 'message');
    if (gone) return retryText(this.#signalling);
    if (phase !== 'open') return '';
    if (cameras.length) return words.text('wall.none.detail');
    if (!this.#leave) return '';
    if (this.#leave.may) return words.text('wall.empty.ready');
    const { refusal } = this.#leave;
    // For other reasons another network would not help.
    const elsewhere = refusal.detail_code === 'settings_private';
    const todo = words.text(elsewhere ? 'wall.empty.elsewhere' : 'wall.empty.file');
    return [todo, words.said(refusal, 'detail')].join('\n');
  }

  async #ask() {
    if (this.#asking || this.#leave) return;
    this.#asking = true;
    try {
      const answer = await fetch(new URL('api/settings', document.baseURI));
      const refusal = answer.ok ? {} : await answer.json().catch(() => ({}));
      this.#leave = { may: answer.ok, refusal };
      this.show();
    } catch {
      // The server is gone again: the next look at the wall asks it.
    }
    this.#asking = false;
  }
}
