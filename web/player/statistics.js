/** @import { Statistics } from './types.js' */

/** What a browser adds between decoder and light: one refresh of the screen. */
const DISPLAY_SECONDS = 1 / 60;
/** What a camera adds, in frames: one to expose and read, one to encode and send. */
const CAMERA_FRAMES = 2;

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
    transport: /** @type {string | null} */ (null),
    path: pathOf(report, pair),
    pair: addressesOf(report, pair),
    decoding: /** @type {number | null} */ (null),
    latency: /** @type {number | null} */ (null),
    totals: {
      buffered: video.jitterBufferDelay ?? 0,
      emitted: video.jitterBufferEmittedCount ?? 0,
      decoding: video.totalDecodeTime ?? 0,
    },
  };

  const seconds = before ? (statistics.at - before.at) / 1000 : 0;
  if (before && seconds > 0) {
    const lost = Math.max(0, statistics.lost - before.lost);
    const expected = Math.max(0, statistics.packets - before.packets) + lost;
    const { totals } = statistics;
    statistics.bitrate = Math.max(0, ((statistics.bytes - before.bytes) * 8) / seconds);
    statistics.loss = expected > 0 ? lost / expected : 0;
    statistics.buffered = mean(
      totals.buffered - before.totals.buffered,
      totals.emitted - before.totals.emitted,
    );
    statistics.decoding = mean(
      totals.decoding - before.totals.decoding,
      statistics.framesDecoded - before.framesDecoded,
    );
    statistics.latency = latencyOf(statistics);
  }
  return statistics;
}

/** @param {number} seconds @param {number} count */
const mean = (seconds, count) => (count > 0 ? seconds / count : null);

/** Pictures that wait longer than this on this side of the camera are worth a warning. */
const LATE_SECONDS = 0.7;

/**
 * Whether the picture is behind for reasons that a camera does not have: a slow camera is none.
 * @param {Pick<Statistics, 'rtt' | 'buffered' | 'decoding'>} statistics
 */
export const isLate = ({ rtt, buffered, decoding }) =>
  (rtt ?? 0) / 2 + (buffered ?? 0) + (decoding ?? 0) > LATE_SECONDS;

/**
 * Seconds from the scene to the screen. The way here and the browser's part are measured; those of
 * camera and screen cannot be seen from here and are what is usual. Null while nothing is shown.
 * @param {Pick<Statistics, 'rtt' | 'buffered' | 'decoding' | 'fps'>} statistics
 */
function latencyOf({ rtt, buffered, decoding, fps }) {
  if (buffered === null) return null;
  const camera = fps ? CAMERA_FRAMES / fps : 0;
  return camera + (rtt ?? 0) / 2 + buffered + (decoding ?? 0) + DISPLAY_SECONDS;
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

/**
 * @param {RTCStatsReport} report
 * @param {any} pair
 */
function addressesOf(report, pair) {
  const ends = [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)];
  // A page without rights to the camera is not told its own address.
  const [local, remote] = ends.map((end) => end && `${end.address || '*'}:${end.port ?? '*'}`);
  return local && remote ? `${local} ⇄ ${remote}` : null;
}
