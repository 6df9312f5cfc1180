/**
 * How one session does, in plain numbers. Null: not known (yet).
 * @typedef {object} Statistics
 * @property {number} at Milliseconds (performance.now() scale of the report).
 * @property {string | null} videoCodec As in SDP: "H264".
 * @property {string | null} audioCodec
 * @property {number | null} width Pixels.
 * @property {number | null} height
 * @property {number | null} fps Decoded frames a second.
 * @property {number | null} bitrate Bit/s of video and audio since the report before.
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
 * @property {string | null} path How the packets travel: "host udp", "relay tcp".
 * @property {number} bufferedTotal Seconds, of all frames; for `buffered` of the next report.
 * @property {number} bufferedFrames
 */

/**
 * Reads what the browser knows.
 * @param {RTCStatsReport} report
 * @param {Statistics | null} [before] The one before, for rates.
 * @returns {Statistics}
 */
export function readStatistics(report, before = null) {
  /** @type {any[]} */
  const all = [...report.values()];
  const inbound = all.filter(({ type }) => type === 'inbound-rtp');
  const video = inbound.find(({ kind }) => kind === 'video') ?? {};
  const audio = inbound.find(({ kind }) => kind === 'audio') ?? {};
  const transport = all.find(({ type }) => type === 'transport') ?? {};
  /** @type {any} */
  const pair = report.get(transport.selectedCandidatePairId) ?? nominatedPair(all) ?? {};

  /** @param {string} member */
  const sum = (member) => (video[member] ?? 0) + (audio[member] ?? 0);
  const statistics = {
    at: video.timestamp ?? audio.timestamp ?? performance.timeOrigin + performance.now(),
    videoCodec: codecName(report, video.codecId),
    audioCodec: codecName(report, audio.codecId),
    width: video.frameWidth ?? null,
    height: video.frameHeight ?? null,
    fps: video.framesPerSecond ?? null,
    bitrate: /** @type {number | null} */ (null),
    packets: sum('packetsReceived'),
    bytes: sum('bytesReceived'),
    lost: Math.max(0, sum('packetsLost')),
    loss: /** @type {number | null} */ (null),
    rtt: pair.currentRoundTripTime ?? null,
    buffered: /** @type {number | null} */ (null),
    jitter: video.jitter ?? null,
    framesDecoded: video.framesDecoded ?? 0,
    framesDropped: video.framesDropped ?? 0,
    keyFrames: video.keyFramesDecoded ?? 0,
    freezes: video.freezeCount ?? 0,
    nacks: sum('nackCount'),
    plis: video.pliCount ?? 0,
    retransmitted: sum('retransmittedPacketsReceived'),
    audioEnergy: audio.totalAudioEnergy ?? 0,
    path: pathOf(report, pair),
    bufferedTotal: video.jitterBufferDelay ?? 0,
    bufferedFrames: video.jitterBufferEmittedCount ?? 0,
  };

  const seconds = before ? (statistics.at - before.at) / 1000 : 0;
  if (before && seconds > 0) {
    const lost = Math.max(0, statistics.lost - before.lost);
    const expected = Math.max(0, statistics.packets - before.packets) + lost;
    const frames = statistics.bufferedFrames - before.bufferedFrames;
    statistics.bitrate = Math.max(0, ((statistics.bytes - before.bytes) * 8) / seconds);
    statistics.loss = expected > 0 ? lost / expected : 0;
    if (frames > 0) {
      statistics.buffered = (statistics.bufferedTotal - before.bufferedTotal) / frames;
    }
  }
  return statistics;
}

/** @param {any[]} all Firefox has no transport entry that names the pair. */
function nominatedPair(all) {
  return all.find(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded',
  );
}

/**
 * @param {RTCStatsReport} report
 * @param {string | undefined} id
 */
function codecName(report, id) {
  /** @type {string | undefined} "video/H264" */
  const type = id && report.get(id)?.mimeType;
  return type ? type.slice(type.indexOf('/') + 1) : null;
}

/**
 * @param {RTCStatsReport} report
 * @param {any} pair
 */
function pathOf(report, pair) {
  const local = report.get(pair.localCandidateId);
  return local ? `${local.candidateType} ${local.protocol}` : null;
}
