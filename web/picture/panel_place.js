/** @import { Player } from '../player/player.js' */
/** @import { Signalling } from '../player/signalling.js' */
/** @import { Panel } from './panel.js' */

/** Where the statistics of a picture are to be. What draws them is loaded when they are shown. */
export class PanelPlace {
  #before;
  #player;
  #signalling;
  #onChange;
  #shown = false;
  /** @type {Panel | null} */
  #panel = null;

  /**
   * @param {Element} before They stand after it.
   * @param {Player} player
   * @param {Signalling} signalling
   * @param {() => void} onChange `shown` has changed by itself.
   */
  constructor(before, player, signalling, onChange) {
    this.#before = before;
    this.#player = player;
    this.#signalling = signalling;
    this.#onChange = onChange;
  }

  get shown() {
    return this.#shown;
  }

  set shown(shown) {
    this.#shown = shown;
    if (this.#panel) this.#panel.element.hidden = !shown;
    else if (shown) void this.#load();
    this.refresh();
  }

  refresh() {
    if (this.#shown) this.#panel?.refresh();
  }

  async #load() {
    try {
      const [{ Panel }, { panelStyle }] = await Promise.all([
        import('./panel.js'),
        import('./panel_style.js'),
      ]);
      if (this.#panel) return; // Shown, hidden and shown again meanwhile.
      adopt(this.#before, panelStyle);
      this.#panel = new Panel(this.#player, this.#signalling);
      this.#before.after(this.#panel.element);
      this.#panel.element.hidden = !this.#shown;
      this.refresh();
    } catch (error) {
      // The next press tries again.
      console.warn('fanlight: statistics:', /** @type {Error} */ (error).message);
      this.#shown = false;
      this.#onChange();
    }
  }
}

/** @param {Element} element @param {CSSStyleSheet} style */
function adopt(element, style) {
  const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  if (!root.adoptedStyleSheets.includes(style)) root.adoptedStyleSheets.push(style);
}
