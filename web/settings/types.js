/* What the modules of this folder tell each other (docs/settings.md). Nothing loads this file but a type checker. */

/** @import { WrongKey } from './api.js' */

/**
 * One URL of a camera.
 * @typedef {object} Stream
 * @property {string} id
 * @property {string} url
 * @property {string} [username]
 * @property {string} [password] Only sent, never told; undefined: as it was, '': none.
 * @property {boolean} [has_password] Only told.
 * @property {string} [transport]
 * @property {string} [pull]
 * @property {string} [source]
 * @property {string} [latency] As all durations: "100ms".
 * @property {string} [health_timeout]
 * @property {string} [grace]
 * @property {string} [start_timeout]
 * @property {boolean} [tls_verify]
 * @property {string} [tls_fingerprint]
 */

/**
 * @typedef {object} Settings
 * @property {string} id
 * @property {string} [name]
 * @property {string[]} [groups]
 * @property {boolean} [managed] Whether the page may change it.
 * @property {string} [file]
 * @property {number} [line]
 * @property {Stream[]} streams
 * @property {boolean} [audio]
 * @property {string[]} [codecs]
 * @property {number | string} [max_viewers] Text: what is no number, for the server to refuse.
 * @property {string} [webrtc_transport]
 */

/**
 * @typedef {object} All
 * @property {string} config_file
 * @property {string} cameras_file
 * @property {string[]} needs_restart
 * @property {{file: string, line: number | null, message: string, errors?: WrongKey[]} | null}
 *   configuration_error
 * @property {Settings[]} cameras
 */

/**
 * @typedef {object} Finding
 * @property {boolean} ok
 * @property {string} reason
 * @property {string} [reason_code]
 * @property {Record<string, any>} [reason_values]
 * @property {number} seconds
 * @property {{codec: string, width: number, height: number, fps: number, gop_frames: number,
 *   gop_ms: number, bitrate: number, b_frames: boolean}[]} video
 * @property {string} audio
 */

/**
 * A make of cameras (makes.js).
 * @typedef {object} Make
 * @property {string} id
 * @property {string} [name] Undefined: of a make that is not listed.
 * @property {string} [main] The path of the large picture; undefined: it has to be entered.
 * @property {string} [sub] The path of a smaller one.
 * @property {number} [port] Undefined: the usual one, 554.
 */

/**
 * What was answered in the steps of the guide.
 * @typedef {object} Answers
 * @property {string} make Its id.
 * @property {string} address A host, with or without a port, or a whole URL.
 * @property {string} path Of a make without paths.
 * @property {number} [channel] The number of the camera in a recorder, from 1.
 * @property {string} username
 * @property {string} password
 * @property {string} [transport]
 */

/**
 * What PATCH /api/cameras would do, or has done.
 * @typedef {object} Report
 * @property {boolean} saved
 * @property {ReportError[]} errors Those that belong to no camera.
 * @property {{id: string, name: string, line: number, change: 'added'|'changed'|'unchanged',
 *   errors: ReportError[]}[]} cameras
 */

/**
 * @typedef {object} ReportError
 * @property {string} key
 * @property {string} message With its code and values beside it (docs/reasons.md).
 * @property {string} [message_code]
 * @property {object} [message_values]
 * @property {number} [line] Absent: no single line.
 */

export {};
