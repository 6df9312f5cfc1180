import { words } from '../i18n/words.js';
import { LENGTH } from '../player/history.js';
import { make, write } from './element.js';

/** @import { Curve } from './types.js' */

const WIDTH = 120;
const HEIGHT = 28;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * The last minute of one number as a small curve, with its name, its newest value and its highest.
 * Gaps in the values are gaps in the curve.
 */
export class Graph {
  element;
  #curve;
  #line = document.createElementNS(SVG, 'path');
  #area = document.createElementNS(SVG, 'path');
  #name = make('span', { class: 'graph-name' });
  #value = make('span', { class: 'graph-value' });
  #most = make('span', { class: 'graph-most' });

  /** @param {Curve} curve */
  constructor(curve) {
    this.#curve = curve;
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    this.#area.setAttribute('class', 'graph-area');
    this.#line.setAttribute('class', 'graph-line');
    svg.append(this.#area, this.#line);
    this.element = make(
      'div',
      { class: 'graph', 'data-curve': curve.name },
      this.#name,
      this.#value,
      this.#most,
      svg,
    );
  }

  /** @param {(number | null)[]} values Oldest first. */
  show(values) {
    const known = values.filter((value) => value !== null);
    const highest = Math.max(...known, 0);
    const newest = values.at(-1) ?? null;
    write(this.#name, words.text(`fact.${this.#curve.name}`));
    write(this.#value, newest === null ? '–' : this.#curve.text(newest));
    write(this.#most, words.text('graph.most', { value: this.#curve.text(highest) }));
    const { line, area } = outline(values, Math.max(highest * 1.1, this.#curve.least));
    this.#line.setAttribute('d', line);
    this.#area.setAttribute('d', area);
  }
}

/**
 * @param {(number | null)[]} values
 * @param {number} top
 */
export function outline(values, top) {
  let line = '';
  let area = '';
  let begin = -1;
  const x = (/** @type {number} */ at) =>
    Math.round((WIDTH * (LENGTH - values.length + at) * 10) / (LENGTH - 1)) / 10;
  const y = (/** @type {number} */ value) =>
    Math.round((HEIGHT - 1 - ((HEIGHT - 2) * value) / top) * 10) / 10;
  for (let at = 0; at <= values.length; at++) {
    const value = values[at] ?? null;
    if (value !== null) {
      line += `${begin < 0 ? 'M' : 'L'}${x(at)} ${y(value)}`;
      area += `${begin < 0 ? `M${x(at)} ${HEIGHT}L` : 'L'}${x(at)} ${y(value)}`;
      if (begin < 0) begin = at;
    } else if (begin >= 0) {
      area += `L${x(at - 1)} ${HEIGHT}Z`;
      begin = -1;
    }
  }
  return { line, area };
}
