import { words } from '../i18n/words.js';
import { reportOf } from '../player/report.js';
import { copy } from './clipboard.js';
import { make, write } from './element.js';
import { Graph } from './graph.js';
import { icon } from './icons.js';
import { ALL, CURVES } from './panel_facts.js';

/** @import { Player } from '../player/player.js' */
/** @import { Signalling } from '../player/signalling.js' */

/** How long the button says that it has copied. */
const SAID_MS = 2000;

/** The statistics of one player: all numbers, the curves of the last minute, a copy for a bug report. */
export class Panel {
  element;
  #player;
  #signalling;
  /** @type {Map<string, {term: HTMLElement, value: HTMLElement}>} */
  #rows = new Map();
  #graphs = CURVES.map((curve) => new Graph(curve));
  #copy = make('button', { type: 'button', class: 'copy' });
  #copied = 0;

  /**
   * @param {Player} player
   * @param {Signalling} signalling
   */
  constructor(player, signalling) {
    this.#player = player;
    this.#signalling = signalling;
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
  }

  refresh() {
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
    const report = reportOf(this.#player, this.#signalling);
    if (await copy(JSON.stringify(report, null, 2))) this.#copied = Date.now();
    this.refresh();
  }
}
