/* What the modules of this folder tell each other and others. Nothing loads this file but a type checker. */

/** @import { Loudspeaker } from '../picture/loudspeaker.js' */
/** @import { Signalling } from '../player/signalling.js' */
/** @import { Surroundings } from '../player/surroundings.js' */
/** @import { Arrangement } from './arrangement.js' */

/**
 * What a wall shows, as it is kept and sent in URLs.
 * @typedef {object} Layout
 * @property {string} wall Cameras in order, separated by commas. `*`: all that are not named, in
 *   the server's order; `!front`: not this one. "street,*,!garage" is the street, then all others
 *   but the garage; "front,street" is these two, whatever the server has.
 * @property {number} grid One of SIZES.
 * @property {number} cycle Seconds until the next page; 0: pages stay.
 */

/**
 * @typedef {object} Grid
 * @property {number} columns
 * @property {number} width Of a tile, pixels.
 * @property {number} height Of a tile with its caption.
 * @property {boolean} compact Tiles so small that the caption is one line.
 */

/**
 * What all parts of the wall share.
 * @typedef {object} Around
 * @property {Signalling} signalling
 * @property {Surroundings} surroundings
 * @property {Loudspeaker} loudspeaker
 * @property {Arrangement} arrangement
 * @property {boolean} kiosk Nobody is there: short captions, no dragging.
 */

export {};
