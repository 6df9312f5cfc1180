import { words } from '../i18n/words.js';
import { make, write } from './element.js';
import { ALL, CURVES } from './facts.js';
import { Graph } from './graph.js';
import { icon } from './icons.js';

/** @import { Player } from '../player/player.js' */

/** How long the button says that it has copied. */
const SAID_MS = 2000;

/** The statistics of one player: all numbers, the curves of the last minute, a copy for a bug report. */
export class Panel {
  element;
  #player;
  /** @type {Map<string, {term: HTMLElement, value: HTMLElement}>} */
  #rows = new Map();
  #graphs = CURVES.map((curve) => new Graph(curve));
  #copy = make('button', { type: 'button', class: 'copy' });
  #copied = 0;
  #onCopy;

  /**
   * @param {Player} player
   * @param {() => Promise<boolean>} onCopy Copies the report; whether it could.
   */
  constructor(player, onCopy) {
    this.#player = player;
    this.#onCopy = onCopy;
    const table = make('dl');
    for (const { name } of ALL) {
      const term = make('dt');
      const value = make('dd', { 'data-fact': name });
      this.#rows.set(name, { term, value });
      table.append(make('div', {}, term, value));
    }
    const graphs = make('div', { class: 'graphs' }, ...this.#graphs.map(({ element }) => element));
    this.#copy.append(icon('copy'), make('span'));
    this.#copy.addEventListener('click', () => void this.#copyReport());
    this.element = make('div', { class: 'panel', tabindex: 0, role: 'region' });
    this.element.append(table, graphs, this.#copy);
    this.element.hidden = true;
  }

  get shown() {
    return !this.element.hidden;
  }

  set shown(shown) {
    this.element.hidden = !shown;
    this.refresh();
  }

  refresh() {
    if (!this.shown) return;
    const { statistics, history } = this.#player;
    this.element.setAttribute('aria-label', words.text('action.statistics'));
    for (const { name, text } of ALL) {
      const { term, value } = /** @type {{term: HTMLElement, value: HTMLElement}} */ (
        this.#rows.get(name)
      );
      write(term, words.text(`fact.${name}`));
      write(value, (statistics && text(statistics)) ?? '');
    }
    CURVES.forEach(({ name }, at) => this.#graphs[at].show(history.series[name]));
    const said = Date.now() - this.#copied < SAID_MS ? 'action.copied' : 'action.copy';
    write(/** @type {Element} */ (this.#copy.lastElementChild), words.text(said));
  }

  async #copyReport() {
    if (await this.#onCopy()) this.#copied = Date.now();
    this.refresh();
  }
}
