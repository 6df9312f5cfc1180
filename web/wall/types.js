/* What the modules of this folder tell each other and others. Nothing loads this file but a type checker. */

/** @import { Loudspeaker } from '../picture/loudspeaker.js' */
/** @import { Signalling } from '../player/signalling.js' */
/** @import { Surroundings } from '../player/surroundings.js' */
/** @import { Arrangement } from './arrangement.js' */
/** @import { Size } from './grid.js' */

/**
 * What a wall shows, as it is kept and sent in URLs.
 * @typedef {object} Layout
 * @property {string} wall Cameras in order, separated by commas. `*`: all that are not named, in
 *   the server's order; `!front`: not this one; `@Yard`: those of a group. "street,*,!garage" is the street, then all others
 *   but the garage; "front,street" is these two, whatever the server has.
 * @property {Size} grid One of SIZES.
 * @property {number} cycle Seconds until the next page; 0: pages stay.
 * @property {string} [captions] One of CAPTIONS.
 * @property {number} [columns] Of a phone that is held upright, if not one.
 * @property {string} [fill] Cameras whose pictures fill their tiles and lose their edges; as `wall`.
 * @property {string} [mirror] Cameras that are shown mirrored; as `wall`.
 * @property {string} [span] Cameras whose tiles somebody has resized, and how many of the wall's
 *   twelve columns they are wide: "front:6,hall:2". "hall:across" is as wide as both columns of a
 *   phone that is held upright, whatever its width is elsewhere.
 * @property {string} [turn] Cameras that are turned, clockwise in degrees: "garage:90,hall:180".
 */

/**
 * A layout that has a name.
 * @typedef {object} Kept
 * @property {string} id Of the server; empty: this browser keeps it.
 * @property {string} name
 * @property {Layout} layout
 * @property {number} revision On the server, one more with every change.
 * @property {boolean} shared Whether the server keeps it, for all devices.
 */

/**
 * A layout that somebody has just deleted.
 * @typedef {object} Removed
 * @property {string} what In words.
 * @property {() => void} restore
 */

/**
 * What all parts of the wall share.
 * @typedef {object} Around
 * @property {Signalling} signalling
 * @property {Surroundings} surroundings
 * @property {Loudspeaker} loudspeaker
 * @property {Arrangement} arrangement
 * @property {boolean} kiosk Nobody is there: pictures edge to edge, no dragging.
 */

export {};
