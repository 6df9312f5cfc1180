/* What the modules of this folder tell each other and others. Nothing loads this file but a type checker. */

/**
 * A camera as the server describes it (docs/signalling.md).
 * @typedef {object} Camera
 * @property {string} id
 * @property {string} name
 * @property {string[]} [groups]
 * @property {'idle'|'connecting'|'live'|'retrying'|'refused'} state
 * @property {string} [reason]
 * @property {string} [reason_code]
 * @property {Record<string, any>} [reason_values]
 * @property {number} [state_age_ms]
 * @property {number} [key_frame_wait_ms] How long video has arrived without a key frame; -1: it does not wait for one.
 * @property {string} [video_codec]
 * @property {string} [audio_codec]
 * @property {string} [audio_note]
 * @property {string} [audio_note_code]
 * @property {Record<string, any>} [audio_note_values]
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [fps]
 * @property {number} [viewers]
 * @property {number} [bitrate]
 * @property {Stream[]} [streams]
 */

/**
 * One of the streams of a camera.
 * @typedef {object} Stream
 * @property {string} id
 * @property {string} state
 * @property {number} width
 * @property {number} height
 * @property {number} [fps]
 * @property {number} [bitrate]
 * @property {boolean} [b_frames] The server drops them.
 */

/**
 * @typedef {object} Answer
 * @property {string} sdp
 * @property {string} [id] The session's id in the REST API.
 * @property {string} [video_codec]
 * @property {string} [audio_codec]
 * @property {string} [codec_reason]
 * @property {string} [stream] Which of the camera's streams is shown.
 * @property {string} [stream_reason] Why that one, in words.
 * @property {string} [transport] What carries this viewer: "webrtcbin" or "fanout".
 * @property {RTCIceServer[]} [ice_servers] All of them, with credentials for this session.
 */

/**
 * Why something ended: a stable code, and the server's sentence in English, with its code and its
 * values for other languages (docs/reasons.md).
 * @typedef {object} Reason
 * @property {string} code
 * @property {string} message
 * @property {string} [message_code]
 * @property {Record<string, any>} [message_values]
 */

/** @typedef {'stopped'|'connecting'|'open'|'waiting'} Phase */

/**
 * What one session hears from the server.
 * @typedef {object} SessionListener
 * @property {(answer: Answer) => void} onAnswer
 * @property {(candidate: RTCIceCandidateInit | null) => void} onCandidate
 * @property {(news: {stream: string, reason: string}) => void} onStream Another stream of the
 *   camera is shown.
 * @property {(reason: Reason) => void} onClosed The last call.
 */

/**
 * Which of a camera's streams is wanted: the one named, or "auto" for the one that fits the place
 * it is shown in, in device pixels.
 * @typedef {{stream: string, width: number, height: number}} Wish
 */

/**
 * - paused: not wanted, or wanted and out of sight (`reason` says so)
 * - connecting: on the way to the first picture
 * - live: pictures arrive
 * - stalled: pictures have stopped, a new session follows if they do not resume
 * - retrying: a session failed, the next follows at `retryAt`
 * - offline: the server has lost the camera and looks for it
 * - refused: trying again would not help; `reason` says why
 * - gone: no connection to the server
 * @typedef {'paused'|'connecting'|'live'|'stalled'|'retrying'|'offline'|'refused'|'gone'} StateName
 */

/**
 * @typedef {object} State
 * @property {StateName} name
 * @property {number} since Date.now() time.
 * @property {Reason | null} reason
 * @property {number} retryAt Date.now() time of the next try; 0: none is planned.
 */

/**
 * Moments of the current session in milliseconds of performance.now(); 0: not yet.
 * @typedef {object} Moments
 * @property {number} asked
 * @property {number} answered
 * @property {number} connected
 * @property {number} pictured
 */

/**
 * How one session does, in plain numbers. Null: not known (yet).
 * @typedef {object} Statistics
 * @property {number} at Milliseconds (performance.now() scale of the report).
 * @property {string | null} videoCodec As in SDP: "H264".
 * @property {string | null} audioCodec
 * @property {number | null} width Pixels.
 * @property {number | null} height
 * @property {number | null} fps Decoded frames a second, of the last seconds.
 * @property {number | null} bitrate Bit/s of video and audio, of the last seconds.
 * @property {number} packets Of video and audio, received so far.
 * @property {number} bytes
 * @property {number} lost Packets so far.
 * @property {number | null} loss Share of the packets since the report before, 0 to 1.
 * @property {number | null} rtt Seconds.
 * @property {number | null} buffered Seconds a frame waited in the jitter buffer, lately.
 * @property {number | null} jitter Seconds.
 * @property {number} framesDecoded
 * @property {number} framesDropped
 * @property {number} keyFrames
 * @property {number} freezes
 * @property {number} nacks Sent.
 * @property {number} plis Sent.
 * @property {number} retransmitted Packets received again.
 * @property {number} audioEnergy Grows when there is sound.
 * @property {string | null} [stream] Of the camera, which one is shown; its answer says so.
 * @property {boolean} [bFrames] Whether the server drops B-frames of it.
 * @property {string | null} transport What carries the session on the server; its answer says so.
 * @property {string} [relayFault] Why TURN servers relay nothing: "turn:…: 401 Unauthorized"; or empty.
 * @property {string | null} path How the packets travel: "host udp", "relay tcp".
 * @property {string | null} pair The addresses: "192.0.2.7:50000 ⇄ 192.0.2.1:41234".
 * @property {number | null} decoding Seconds it took to decode a frame, lately.
 * @property {number | null} latency Seconds from the scene to the screen, estimated (see below).
 * @property {Totals} totals For the means of the next report.
 */

/**
 * Of all frames so far.
 * @typedef {object} Totals
 * @property {number} buffered Seconds in the jitter buffer.
 * @property {number} emitted Frames that left it.
 * @property {number} decoding Seconds in the decoder.
 */

export {};
