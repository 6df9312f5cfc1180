import { chromium } from 'playwright-core';

/** Debian's and Ubuntu's packages put it here; CHROMIUM names another. */
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * A browser with a profile of its own that talks to nobody but the page's server. Autoplay keeps
 * its default policy: the page must play without a click.
 * @param {string[]} [more] Further arguments.
 */
export function launchChromium(more = []) {
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      ...more,
    ],
    // Playwright's default would let any page play sound unasked.
    ignoreDefaultArgs: ['--autoplay-policy=no-user-gesture-required', '--mute-audio'],
  });
}
