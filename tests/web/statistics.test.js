import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStatistics } from '../../web/statistics.js';

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
    { id: 'P', type: 'candidate-pair', currentRoundTripTime: 0.004, localCandidateId: 'L' },
    { id: 'L', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
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
