/* What the modules of this folder tell each other and others. Nothing loads this file but a type checker. */

/** @import { Statistics } from '../player/types.js' */
/** @import { IconName } from './icons.js' */

/**
 * Something a person can do, by a button or a key.
 * @typedef {object} Action
 * @property {string} name
 * @property {string} [key] KeyboardEvent.code: the place of the key, so that it works while a
 *   Korean layout is on. Or `Plus`, `-` and `0`: what is written on it, wherever it is.
 * @property {() => IconName} icon
 * @property {() => string} label
 * @property {() => void} run
 * @property {() => boolean} [pressed] For what is on or off.
 * @property {() => boolean} [disabled]
 * @property {() => boolean} [hidden] No button; the key works as well without.
 * @property {boolean} [rare] It is in the menu, and no button of its own.
 * @property {boolean} [second] It is in the menu where fingers need large buttons.
 */

/**
 * How a picture stands in its place.
 * @typedef {object} Look
 * @property {boolean} fill It fills its place and loses edges; otherwise it is whole.
 * @property {boolean} mirror
 * @property {number} turn Clockwise: 0, 90, 180 or 270 degrees.
 */

/**
 * One thing worth knowing about a session.
 * @typedef {object} Fact
 * @property {string} name `fact.<name>` is its label.
 * @property {(statistics: Statistics) => string | null} text Null: not known.
 */

/**
 * A curve of the last minute.
 * @typedef {object} Curve
 * @property {(typeof import('../player/history.js').KEPT)[number]} name `fact.<name>` is its label.
 * @property {(value: number) => string} text
 * @property {number} least The top of the graph is no lower: noise shall not look like a storm.
 */

/**
 * A player's state in words.
 * @typedef {object} Status
 * @property {string} brief Two or three words, without numbers: for the caption when space is short.
 * @property {string} text The same with times; changes each second.
 * @property {string} why For people.
 * @property {string} todo What they can do about it.
 * @property {string} detail What the server says of it, for whoever looks after it.
 */

export {};
