import { words } from '../i18n/words.js';
import { isLate } from '../player/statistics.js';
import { make, mark, write } from './element.js';
import { Magnifier } from './magnifier.js';
import { PanelPlace } from './panel_place.js';
import { Screen } from './screen.js';
import { save, snapshotName, takeSnapshot } from './snapshot.js';
import { describe } from './status.js';

/** @import { Player } from '../player/player.js' */
/** @import { Signalling } from '../player/signalling.js' */
/** @import { StateName } from '../player/types.js' */
/** @import { Loudspeaker } from './loudspeaker.js' */
/** @import { Look, Status } from './types.js' */

/** Of a picture nobody has seen yet. */
const USUAL_ASPECT = 16 / 9;
/** A place that differs by so little from the picture's shape cuts its edges, and shows no bars. */
const SNUG = 0.03;
/** @type {Look} */
const PLAIN_LOOK = { fill: false, mirror: false, turn: 0 };

const BUSY = ['connecting', 'stalled', 'retrying', 'gone'];
/** States in which pressing a button may help, and what the button says. */
const HELP = /** @type {Record<string, string>} */ ({
  paused: 'action.play',
  blocked: 'action.play',
  retrying: 'action.retry',
});
/** Refusals that another try may end. */
const PASSING = ['bad_offer'];

/**
 * The picture of one player: the newest frame, what goes on in words above it, and its statistics.
 * It is one element for a page to place; its host draws buttons, takes keys, and calls refresh()
 * once it is in place.
 *
 * The element's data-state is the player's state, or `blocked` where the browser waits for a click.
 */
export class Picture {
  element;
  player;
  screen;
  magnifier;
  panel;
  loudspeaker;
  #onChange;
  #content;
  #notice;
  #look = PLAIN_LOOK;
  #still = false;
  #late = make('p', { class: 'badge', hidden: true });
  #thinned = make('p', { class: 'badge', hidden: true });
  #subscriptions;

  /**
   * @param {Player} player
   * @param {object} around
   * @param {Signalling} around.signalling
   * @param {Loudspeaker} around.loudspeaker
   * @param {() => void} onChange What the host shows of the picture may be another now.
   */
  constructor(player, { signalling, loudspeaker }, onChange) {
    this.player = player;
    this.loudspeaker = loudspeaker;
    this.#onChange = onChange;

    const video = make('video', { disableremoteplayback: true });
    const still = make('canvas', { class: 'still' });
    this.#content = make('div', { class: 'content' }, video, still);
    this.#notice = new Notice(() => this.help());
    this.element = make('div', { class: 'picture' });
    const badges = make('div', { class: 'badges' }, this.#late, this.#thinned);
    this.element.append(this.#content, this.#notice.element, badges);
    this.panel = new PanelPlace(badges, player, signalling, onChange);
    this.screen = new Screen(
      video,
      still,
      () => player.pictureShown(),
      () => this.#blockedChanged(),
    );
    this.magnifier = new Magnifier(this.element, this.#content, () => {
      this.#fit();
      onChange();
    });
    const size = new ResizeObserver(() => this.#fit());
    size.observe(this.element);
    for (const news of ['enterpictureinpicture', 'leavepictureinpicture']) {
      video.addEventListener(news, onChange);
    }
    video.addEventListener('resize', () => {
      this.#fit();
      onChange();
    });

    const speak = () => this.refresh();
    words.addEventListener('change', speak);
    this.#subscriptions = [
      () => words.removeEventListener('change', speak),
      () => size.disconnect(),
      loudspeaker.on('change', onChange),
      player.on('stream', (stream) => this.screen.show(stream)),
      player.on('ending', () => this.screen.hold()),
      player.on('state', ({ name }) => this.#follow(name)),
      player.on('statistics', () => this.#showStatistics()),
    ];
  }

  dispose() {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    document.removeEventListener('pointerup', this.#tryToPlay, true);
    document.removeEventListener('keyup', this.#tryToPlay, true);
    if (this.loudspeaker.plays(this)) this.loudspeaker.play(null);
    this.screen.clear();
  }

  get name() {
    return this.player.camera.name || this.player.camera.id;
  }

  /** How it stands in its place. */
  get look() {
    return this.#look;
  }

  set look(look) {
    const { fill, mirror, turn } = look;
    const before = this.#look;
    if (fill === before.fill && mirror === before.mirror && turn === before.turn) return;
    this.#look = look;
    this.element.toggleAttribute('data-fill', fill);
    this.element.toggleAttribute('data-mirror', mirror);
    if (turn) mark(this.element, 'data-turn', String(turn));
    else this.element.removeAttribute('data-turn');
    this.#fit();
    this.#onChange();
  }

  /** A still picture stands for it, for which the smallest stream is enough (still.js). */
  set still(/** @type {boolean} */ still) {
    this.#still = still;
    this.#fit();
  }

  /**
   * Width by height as it is shown. It is that of the camera's first stream, whichever is shown:
   * a tile that changed with the stream would change the stream that fits.
   */
  get aspect() {
    const { streams = [], width = 0, height = 0 } = this.player.camera;
    const sizes = [streams[0], { width, height }, this.screen.shown];
    const size = sizes.find((one) => one && one.width > 0 && one.height > 0);
    const aspect = size ? size.width / size.height : USUAL_ASPECT;
    return this.#look.turn % 180 ? 1 / aspect : aspect;
  }

  /** @returns {StateName | 'blocked'} */
  get state() {
    const { name } = this.player.state;
    const blocked = this.screen.blocked && ['connecting', 'live', 'stalled'].includes(name);
    return blocked ? 'blocked' : name;
  }

  get status() {
    if (this.state !== 'blocked') return describe(this.player.state, this.player.camera);
    const brief = words.text('state.blocked');
    return { brief, text: brief, why: words.text('reason.blocked'), todo: '', detail: '' };
  }

  get heard() {
    return this.loudspeaker.plays(this) && !this.screen.muted;
  }

  get inPictureInPicture() {
    return this.screen.video === document.pictureInPictureElement;
  }

  toggleSound() {
    if (this.player.hasSound) this.loudspeaker.play(this.heard ? null : this);
  }

  toggleStatistics() {
    this.panel.shown = !this.panel.shown;
    this.#onChange();
  }

  togglePlaying() {
    if (this.player.wanted) this.player.disconnect();
    else this.player.connect();
  }

  async togglePictureInPicture() {
    try {
      if (this.inPictureInPicture) await document.exitPictureInPicture();
      else await this.screen.video.requestPictureInPicture();
    } catch (error) {
      console.warn('fanlight: picture-in-picture:', /** @type {Error} */ (error).message);
    }
  }

  help() {
    if (this.state === 'blocked') this.screen.play();
    else this.player.connect();
  }

  async saveSnapshot() {
    const blob = await takeSnapshot(this.screen, this.#look);
    if (blob) save(blob, snapshotName(this.name, new Date()));
  }

  /** Everything again: texts with times in them, and all texts when the language has changed. */
  refresh() {
    this.#showState();
    this.#showStatistics();
  }

  /** The server chooses the stream that fits, also for a part that is magnified. */
  #fit() {
    const scale = devicePixelRatio * this.magnifier.view.scale;
    const { clientWidth, clientHeight } = this.element;
    if (!clientHeight) return;
    const size = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
    const [width, height] = this.#look.turn % 180 ? size.reverse() : size;
    if (this.#still) this.player.fit(1, 1);
    else this.player.fit(width, height);
    const { shown } = this.screen;
    const off = shown ? Math.abs((width / height) * (shown.height / shown.width) - 1) : 1;
    this.element.toggleAttribute('data-snug', off < SNUG);
  }

  /** One of the camera's streams after the other, and then as it fits again. */
  nextStream() {
    const names = ['auto', ...(this.player.camera.streams ?? []).map(({ id }) => id)];
    this.player.choose(names[(names.indexOf(this.player.wish.stream) + 1) % names.length]);
    this.#onChange();
  }

  /** Only what changes by time. */
  tick() {
    if (this.state !== 'live') this.#showState();
  }

  /** @param {StateName} name */
  #follow(name) {
    // After a camera's return the same stream goes on.
    if (name === 'connecting') this.screen.expect();
    this.refresh();
  }

  #blockedChanged() {
    const change = this.screen.blocked ? 'addEventListener' : 'removeEventListener';
    // Any click or key in the page is what the browser waits for.
    document[change]('pointerup', this.#tryToPlay, true);
    document[change]('keyup', this.#tryToPlay, true);
    this.#showState();
  }

  #tryToPlay = () => this.screen.play();

  #showState() {
    const { state } = this;
    mark(this.element, 'data-state', state);
    this.element.toggleAttribute('data-picture', this.screen.hasPicture);
    this.#notice.show(state, this.status, this.player.state.reason?.code ?? '');
    this.#onChange();
  }

  #showStatistics() {
    const { statistics } = this.player;
    const late = this.state === 'live' && statistics !== null && isLate(statistics);
    this.#late.hidden = !late;
    if (late) {
      const seconds = words.number(statistics.latency ?? 0, { maximumFractionDigits: 1 });
      write(this.#late, words.text('badge.late', { seconds }));
    }
    const thinned = this.state === 'live' && statistics?.bFrames === true;
    this.#thinned.hidden = !thinned;
    if (thinned) write(this.#thinned, words.text('badge.b_frames'));
    this.panel.refresh();
    this.#onChange();
  }
}

/** The words above a picture that is not live. */
class Notice {
  element;
  #spinner = make('span', { class: 'spinner', 'aria-hidden': 'true' });
  #text = make('p', { class: 'notice-text' });
  #why = make('p', { class: 'notice-why' });
  #todo = make('p', { class: 'notice-todo' });
  #detail = make('p', { class: 'notice-detail' });
  #button = make('button', { type: 'button', class: 'help' });

  /** @param {() => void} onHelp */
  constructor(onHelp) {
    this.#button.addEventListener('click', onHelp);
    this.element = make(
      'div',
      { class: 'notice' },
      this.#spinner,
      this.#text,
      this.#why,
      this.#todo,
      this.#detail,
      this.#button,
    );
  }

  /**
   * @param {string} state
   * @param {Status} status
   * @param {string} code Of the reason.
   */
  show(state, status, code) {
    const help = HELP[state] ?? (PASSING.includes(code) ? HELP.retrying : '');
    this.element.hidden = state === 'live';
    this.#spinner.hidden = !BUSY.includes(state);
    this.#button.hidden = !help;
    write(this.#text, status.text);
    write(this.#why, status.why);
    write(this.#todo, status.todo);
    write(this.#detail, status.detail);
    write(this.#button, help && words.text(help));
  }
}
