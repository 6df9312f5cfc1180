/** @import { Statistics } from './types.js' */

/** What is kept of each report; names of numbers in Statistics. */
export const KEPT = /** @type {const} */ ([
  'bitrate',
  'fps',
  'loss',
  'rtt',
  'buffered',
  'latency',
  'framesDropped',
]);
/** Reports, one a second. */
export const LENGTH = 60;

/** The last minute of a session, for graphs and bug reports; oldest first. */
export class History {
  /** @type {Record<typeof KEPT[number], (number | null)[]>} */
  series;

  constructor() {
    this.series = /** @type {any} */ (Object.fromEntries(KEPT.map((name) => [name, []])));
  }

  /** @param {Statistics | null} statistics Null: a gap, a session has ended. */
  add(statistics) {
    for (const name of KEPT) {
      const values = this.series[name];
      values.push(statistics?.[name] ?? null);
      if (values.length > LENGTH) values.shift();
    }
  }
}
