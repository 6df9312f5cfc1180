import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLate, readStatistics } from '../../web/player/statistics.js';

/** As Chromium reports; `change` goes into the video's entry. @param {object} [change] */
function report(change = {}) {
  const entries = [
    {
      id: 'V',
      type: 'inbound-rtp',
      kind: 'video',
      timestamp: 10_000,
      codecId: 'CV',
      packetsReceived: 1000,
      packetsLost: 0,
      bytesReceived: 1_000_000,
      frameWidth: 640,
      frameHeight: 360,
      framesPerSecond: 25,
      framesDecoded: 250,
      jitterBufferDelay: 5,
      jitterBufferEmittedCount: 250,
      ...change,
    },
    {
      id: 'A',
      type: 'inbound-rtp',
      kind: 'audio',
      timestamp: 10_000,
      codecId: 'CA',
      packetsReceived: 500,
      packetsLost: 0,
      bytesReceived: 50_000,
      totalAudioEnergy: 0.5,
    },
    { id: 'CV', type: 'codec', mimeType: 'video/H264' },
    { id: 'CA', type: 'codec', mimeType: 'audio/opus' },
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    {
      id: 'P',
      type: 'candidate-pair',
      currentRoundTripTime: 0.004,
      localCandidateId: 'L',
      remoteCandidateId: 'R',
    },
    { id: 'L', type: 'local-candidate', candidateType: 'host', protocol: 'udp', port: 50000 },
    { id: 'R', type: 'remote-candidate', address: '192.0.2.1', port: 41234 },
  ];
  return /** @type {any} */ (new Map(entries.map((entry) => [entry.id, entry])));
}

test('codecs, size, counts, round trip and path are read from the report', () => {
  const statistics = readStatistics(report());

  assert.equal(statistics.videoCodec, 'H264');
  assert.equal(statistics.audioCodec, 'opus');
  assert.equal(statistics.width, 640);
  assert.equal(statistics.fps, 25);
  assert.equal(statistics.packets, 1500);
  assert.equal(statistics.bytes, 1_050_000);
  assert.equal(statistics.rtt, 0.004);
  assert.equal(statistics.path, 'host udp');
  assert.equal(statistics.pair, '*:50000 ⇄ 192.0.2.1:41234');
});

test('bit rate, loss and buffer are those since the report before', () => {
  const before = readStatistics(report());
  const change = {
    timestamp: 11_000,
    packetsReceived: 1090,
    packetsLost: 10,
    bytesReceived: 1_125_000,
    jitterBufferDelay: 5.5,
    jitterBufferEmittedCount: 275,
  };

  const statistics = readStatistics(report(change), before);

  assert.equal(statistics.bitrate, 1_000_000);
  assert.equal(statistics.loss, 0.1);
  assert.equal(statistics.lost, 10);
  assert.ok(Math.abs((statistics.buffered ?? 0) - 0.02) < 1e-9);
});

test('what is not known yet is null, not a made-up number', () => {
  const statistics = readStatistics(/** @type {any} */ (new Map()));

  for (const member of /** @type {const} */ ([
    'videoCodec',
    'width',
    'fps',
    'bitrate',
    'rtt',
    'path',
  ])) {
    assert.equal(statistics[member], null, member);
  }
  assert.equal(statistics.framesDecoded, 0);
});

test('duplicates, which browsers count as negative loss, are no loss', () => {
  assert.equal(readStatistics(report({ packetsLost: -3 })).lost, 0);
});

test('without a transport entry the nominated pair is used', () => {
  const entries = report();
  entries.delete('T');
  Object.assign(entries.get('P'), { nominated: true, state: 'succeeded' });

  assert.equal(readStatistics(entries).rtt, 0.004);
});

test('the way from scene to screen is two frames of the camera, half a round trip, buffer, decoder and display', () => {
  const before = readStatistics(report());
  const change = {
    timestamp: 11_000,
    framesDecoded: 275,
    totalDecodeTime: 0.25,
    jitterBufferDelay: 6,
    jitterBufferEmittedCount: 275,
  };

  const { buffered, decoding, latency } = readStatistics(report(change), before);

  assert.ok(Math.abs((buffered ?? 0) - 0.04) < 1e-9);
  assert.ok(Math.abs((decoding ?? 0) - 0.01) < 1e-9);
  assert.ok(Math.abs((latency ?? 0) - (2 / 25 + 0.002 + 0.04 + 0.01 + 1 / 60)) < 1e-9);
});

test('a picture is late when it waits on this side of the camera, not when the camera is slow', () => {
  assert.equal(isLate({ rtt: 0.004, buffered: 0.1, decoding: 0.01 }), false);
  assert.equal(isLate({ rtt: 0.004, buffered: 0.9, decoding: 0.01 }), true);
  assert.equal(isLate({ rtt: null, buffered: null, decoding: null }), false);
});
