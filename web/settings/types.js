/* What the modules of this folder tell each other (docs/settings.md). Nothing loads this file but a type checker. */

/**
 * One URL of a camera.
 * @typedef {object} Stream
 * @property {string} id
 * @property {string} url
 * @property {string} [username]
 * @property {string} [password] Only sent, never told.
 * @property {boolean} [has_password] Only told.
 * @property {string} [transport]
 * @property {string} [pull]
 */

/**
 * @typedef {object} Settings
 * @property {string} id
 * @property {string} [name]
 * @property {boolean} [managed] Whether the page may change it.
 * @property {string} [file]
 * @property {number} [line]
 * @property {Stream[]} streams
 * @property {boolean} [audio]
 * @property {string[]} [codecs]
 */

/** @typedef {{config_file: string, cameras_file: string, needs_restart: string[], cameras: Settings[]}} All */

/**
 * @typedef {object} Finding
 * @property {boolean} ok
 * @property {string} reason
 * @property {number} seconds
 * @property {{codec: string, width: number, height: number, fps: number, gop_frames: number,
 *   gop_ms: number, bitrate: number, b_frames: boolean}[]} video
 * @property {string} audio
 */

export {};
