import { test } from 'node:test';
import { keepScreenshot, TEST_MS } from './page.js';

/**
 * A test on an open page. When it fails, the error tells what the server logged last, and a
 * screenshot of the moment is kept.
 * @param {string} name
 * @param {() => {page: import('playwright-core').Page, log: string}} where
 * @param {(page: import('playwright-core').Page) => Promise<void>} act
 */
export function scenario(name, where, act) {
  test(name, { timeout: TEST_MS }, async () => {
    const { page } = where();
    try {
      await act(page);
    } catch (error) {
      await keepScreenshot(page, `failed ${name.replace(/\W+/g, ' ').trim()}`);
      const log = where().log.split('\n').slice(-40).join('\n');
      if (error instanceof Error) error.message += `\nThe server's last words:\n${log}`;
      throw error;
    }
  });
}
