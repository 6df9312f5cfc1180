/*
 * Light or dark, as somebody has chosen, or else as the system is. Not a module: it runs before the
 * page is drawn for the first time, so that a page which shall be dark does not flash.
 */
{
  const STORED = 'fanlight.theme';
  /** As --page in style.css: browsers colour their own bars by it. */
  const GROUNDS = { light: '#eceef2', dark: '#0c0f14' };
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  /** For a browser that stores nothing. @type {string | null} */
  let chosen = null;

  const show = () => {
    try {
      chosen = localStorage.getItem(STORED) ?? chosen;
    } catch {
      // Storage may be forbidden.
    }
    const own = chosen === 'light' || chosen === 'dark' ? chosen : null;
    const theme = own ?? (system.matches ? 'dark' : 'light');
    root.dataset.theme = theme;
    root.dataset.themeChoice = own ?? 'system';
    const tell = (/** @type {string} */ name, /** @type {string} */ content) =>
      document.querySelector(`meta[name="${name}"]`)?.setAttribute('content', content);
    tell('color-scheme', theme);
    tell('theme-color', GROUNDS[theme]);
  };

  system.addEventListener('change', show);
  // Somebody has chosen, in another tab or here (page/choices.js).
  addEventListener('storage', show);
  addEventListener('fanlight-theme', (event) => {
    chosen = /** @type {CustomEvent<string>} */ (event).detail;
    try {
      localStorage.setItem(STORED, chosen);
    } catch {
      // It then lasts as long as the page.
    }
    show();
  });
  show();
}
