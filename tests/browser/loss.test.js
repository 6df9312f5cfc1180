import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.js';
import { House, TRANSPORT } from './support/house.js';
import { LossyRelay, atRandom, isLastFlight, isRtp, theFirst } from './support/lossy_relay.js';
import { JUDGES_TIME, WATCHDOG_MS, keepFigures, TEST_MS } from './support/page.js';
import { together } from './support/together.js';
import { WhepViewing, openBlankPage } from './support/whep_viewing.js';

/** webrtcbin repairs as GStreamer does it, which is not ours to judge. */
const skip = TRANSPORT === 'webrtcbin';
const SECONDS = 60;
const LOSS = 0.05;
const LONGEST_FREEZE_MS = 300;
/** Of the picture's bytes: what is lost, and once more what is lost of that, and some by chance. */
const MOST_REPAIR = LOSS * 1.6;

/** @type {House} */
let house;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
/** Loses nothing: what it does not see either is the machine's fault. @type {WhepViewing} */
let whole;
const endpoint = () => `${house.url}whep/front`;

before(async () => {
  // The hardest case: without sound no browser waits for it, and a lost group is lost for long.
  const camera = { id: 'front', audio: 'none', bitrate: 2000, gop: 250, loop: 20 };
  [house, browser] = await together(House.open([camera]), launchChromium());
  page = await openBlankPage(browser, house.url);
  whole = await WhepViewing.start(page, endpoint());
  await whole.frames(25);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

/**
 * The longest that a viewer was without a new frame, beyond what the other one was at that time.
 * @param {number[]} shown
 * @param {number[]} others
 */
function longestFreeze(shown, others) {
  const pauses = (/** @type {number[]} */ times) =>
    times.slice(1).map((end, at) => ({ begin: times[at], end, long: end - times[at] }));
  const theirs = pauses(others);
  const excess = pauses(shown).map(({ begin, end, long }) => {
    const shared = theirs.filter((other) => other.begin < end && other.end > begin);
    const usual = 1000 / 25;
    return long - Math.max(0, ...shared.map((other) => other.long - 2 * usual));
  });
  return Math.max(...excess);
}

test(
  'a viewer that loses a packet in twenty gets them again, and no more than that',
  { timeout: TEST_MS, skip },
  async () => {
    const relay = await LossyRelay.open(atRandom(LOSS, 2025));
    const viewing = await WhepViewing.start(page, endpoint(), (sdp) => relay.stepInto(sdp));

    await viewing.frames(1);
    const { framesDecoded: earlier } = await whole.statistics();
    await page.waitForTimeout(SECONDS * 1000);

    const [shown, others] = await Promise.all([viewing.shown(), whole.shown()]);
    const [statistics, unharmed] = await Promise.all([viewing.statistics(), whole.statistics()]);
    const [picture, repair] = [...relay.sent.values()].sort((a, b) => b.bytes - a.bytes);
    await viewing.close();
    relay.close();

    const longest = longestFreeze(shown, others);
    const figures = {
      datagrams_lost: relay.lost,
      picture,
      repair,
      longest_freeze_ms: Math.round(longest),
      statistics,
      without_loss: unharmed,
    };
    keepFigures('loss', figures);
    const words = JSON.stringify(figures);
    if (JUDGES_TIME) {
      assert.ok(longest <= LONGEST_FREEZE_MS, words);
      // Chromium counts as lost what came by RTX: that all is well is that no frame is missing.
      const missed = unharmed.framesDecoded - earlier - statistics.framesDecoded;
      assert.ok(missed < 25, words);
      assert.equal(statistics.pliCount, 0, words);
    }
    assert.ok(statistics.retransmittedPacketsReceived >= 0.9 * statistics.packetsLost, words);
    assert.ok(statistics.packetsLost > 0.5 * LOSS * picture.packets, words);
    assert.ok(repair.bytes < MOST_REPAIR * picture.bytes, words);
  },
);

for (const [what, kind] of /** @type {const} */ ([
  ['the very first packet', isRtp],
  // Media that comes before it cannot be decrypted, and is gone without a NACK.
  ['the end of the DTLS handshake', isLastFlight],
])) {
  test(`a viewer that loses ${what} has a picture at once`, { skip }, async () => {
    // Chromium's first one comes 200 ms after it began to wait for a key frame; a machine that is
    // too busy for that, or makes the network look far, is given another chance.
    let asked = Infinity;
    for (const end = Date.now() + WATCHDOG_MS; asked > 0 && Date.now() < end;) {
      const relay = await LossyRelay.open(theFirst(kind));
      const viewing = await WhepViewing.start(page, endpoint(), (sdp) => relay.stepInto(sdp));
      await viewing.frames(1);
      assert.equal(relay.lost, 1);
      asked = (await viewing.statistics()).pliCount;
      await viewing.close();
      relay.close();
    }
    assert.equal(asked, 0);
  });
}
