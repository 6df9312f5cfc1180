import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe-core finds wrong with a page as it is now, of the two graver kinds.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>} One line each; empty: nothing.
 */
export async function graveFaults(page) {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() =>
    /** @type {any} */ (window).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  if (passes.length < 10) throw new Error('axe-core has hardly looked at the page');
  return violations
    .filter((/** @type {any} */ { impact }) => ['serious', 'critical'].includes(impact))
    .flatMap((/** @type {any} */ { id, help, nodes }) =>
      nodes.map((/** @type {any} */ { html, any }) =>
        [id, help, html.slice(0, 160), any[0]?.message].join(': '),
      ),
    );
}
