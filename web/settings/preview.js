import { words } from '../i18n/words.js';
import { make, mark, write } from '../picture/element.js';
import { Screen } from '../picture/screen.js';
import { Player } from '../player/player.js';

/** @import { Signalling } from '../player/signalling.js' */

/** The live picture of one camera, as the wall would show it, with words while there is none. */
export class Preview {
  element;
  #player;
  #screen;
  #state = make('p', { class: 'preview-state', role: 'status' });
  #seen = false;

  /**
   * @param {Signalling} signalling
   * @param {string} camera
   * @param {string} name
   */
  constructor(signalling, camera, name) {
    const video = make('video', { 'aria-label': name, disableremoteplayback: true });
    const still = make('canvas', { hidden: true });
    this.element = make('div', { class: 'preview' }, video, still, this.#state);
    const listed = signalling.cameras.find(({ id }) => id === camera);
    this.#player = new Player(signalling, listed ?? { id: camera, name, state: 'idle' });
    this.#screen = new Screen(
      video,
      still,
      () => {
        this.#seen = true;
        this.#player.pictureShown();
        this.#show();
      },
      () => this.#show(),
    );
    this.#player.on('stream', (stream) => this.#screen.show(stream));
    this.#player.on('ending', () => this.#screen.hold());
    this.#player.on('state', () => this.#show());
    this.#player.connect();
    this.#show();
  }

  dispose() {
    this.#player.dispose();
    this.#screen.clear();
  }

  #show() {
    const { name, reason } = this.#player.state;
    const live = name === 'live' && this.#seen && !this.#screen.blocked;
    mark(this.element, 'data-state', live ? 'live' : name);
    write(this.#state, live ? '' : this.#why(name, reason));
  }

  /** @param {string} name @param {{code: string, message: string} | null} reason */
  #why(name, reason) {
    if (this.#screen.blocked) return words.text('preview.blocked');
    if (reason?.code === 'no_common_codec') return words.text('preview.codec');
    if (name === 'connecting' || !reason?.message) return words.text('preview.connecting');
    return words.text('preview.failed', { reason: words.said(reason, 'message') });
  }
}
