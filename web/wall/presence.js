/** Whoever has touched nothing for so long only looks. */
const IDLE_MS = 5000;
/** A wall that is scrolled by less stays where it is. */
const SLIP_PIXELS = 6;

/**
 * Tells whether somebody uses the page by touch, or only looks: then what is above the pictures
 * hides (body[data-idle]). Scrolling down hides it too, and scrolling up brings it back.
 */
export class Presence {
  #wall;
  #scrolled = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} wall The element that scrolls. */
  constructor(wall) {
    this.#wall = wall;
    addEventListener('keydown', () => this.stir());
    addEventListener('pointermove', ({ pointerType }) => pointerType === 'mouse' && this.stir());
    addEventListener('pointerup', ({ target }) => {
      // A tap on a picture that is alone shows the controls or hides them.
      const picture = target instanceof Element && target.closest('[data-focused] .picture');
      if (!picture || isTool(target)) this.stir();
    });
    // Before the tile takes it: a tap that makes it alone is none on one that is.
    wall.addEventListener('click', ({ target }) => this.#tap(target), true);
    wall.addEventListener('scroll', () => this.#scroll());
    this.stir();
  }

  get idle() {
    return document.body.hasAttribute('data-idle');
  }

  stir() {
    this.#set(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#set(true), IDLE_MS);
  }

  #scroll() {
    const { scrollTop } = this.#wall;
    const by = scrollTop - this.#scrolled;
    if (Math.abs(by) < SLIP_PIXELS) return;
    this.#scrolled = scrollTop;
    if (by < 0) this.stir();
    else this.#set(true);
  }

  /** @param {EventTarget | null} target */
  #tap(target) {
    if (!(target instanceof Element) || !target.closest('[data-focused] .picture')) return;
    if (isTool(target)) return;
    if (this.idle) this.stir();
    else this.#set(true);
  }

  /** @param {boolean} idle */
  #set(idle) {
    document.body.toggleAttribute('data-idle', idle);
  }
}

/** @param {EventTarget | null} target */
const isTool = (target) =>
  target instanceof Element && target.closest('button, input, .panel, .controls') !== null;
