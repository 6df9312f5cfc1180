/** The still is no wider: a wall of them must not fill the memory. */
const STILL_WIDTH = 1280;

/**
 * A video element that shows a player's streams one after the other and never goes black between
 * them: the last picture of one stands still on a canvas above until the next has its first.
 */
export class Screen {
  /** Whether the browser refuses to play before somebody has clicked. */
  blocked = false;
  #video;
  #still;
  #onPicture;
  #onBlocked;
  #awaited = 0;
  /** Frames of a stream that has ended are black. */
  #ended = true;

  /**
   * @param {HTMLVideoElement} video
   * @param {HTMLCanvasElement} still
   * @param {() => void} onPicture A first frame is to be seen, after show() or expect().
   * @param {() => void} onBlocked `blocked` has changed.
   */
  constructor(video, still, onPicture, onBlocked) {
    this.#video = video;
    this.#still = still;
    this.#onPicture = onPicture;
    this.#onBlocked = onBlocked;
    video.muted = true;
    video.playsInline = true;
    video.autoplay = true;
    still.hidden = true;
    // Browsers pause on their own, to save power or when headphones are pulled out.
    video.addEventListener('pause', () => {
      if (!this.#ended && document.pictureInPictureElement !== video) this.play();
    });
  }

  get video() {
    return this.#video;
  }

  get muted() {
    return this.#video.muted;
  }

  set muted(muted) {
    this.#video.muted = muted;
  }

  set volume(/** @type {number} */ volume) {
    this.#video.volume = volume;
  }

  /** Whether anything is to be seen. */
  get hasPicture() {
    return !this.#still.hidden || this.#video.videoWidth > 0;
  }

  /** What is to be seen now, for a drawing; null: nothing. */
  get shown() {
    if (!this.#still.hidden) {
      const { width, height } = this.#still;
      return { source: this.#still, width, height };
    }
    const { videoWidth: width, videoHeight: height } = this.#video;
    return width ? { source: this.#video, width, height } : null;
  }

  /** @param {MediaStream} stream */
  show(stream) {
    this.#ended = false;
    this.#video.srcObject = stream;
    this.expect();
    this.play();
  }

  play() {
    this.#video.play().then(
      () => this.#setBlocked(false),
      (error) => {
        if (error.name !== 'NotAllowedError' || this.#ended) return;
        // Sound needs a click first; a silent picture is better than none.
        if (this.#video.muted) return this.#setBlocked(true);
        this.#video.muted = true;
        this.play();
      },
    );
  }

  /** Keeps the picture while the stream ends; browsers drop it together with the stream. */
  hold() {
    this.#ended = true;
    this.#awaited++;
    const { videoWidth, videoHeight } = this.#video;
    // A still that is there is of a stream that never had a picture after it.
    if (!videoWidth || !videoHeight || !this.#still.hidden) return;
    const scale = Math.min(1, STILL_WIDTH / videoWidth);
    this.#still.width = Math.round(videoWidth * scale);
    this.#still.height = Math.round(videoHeight * scale);
    this.#still
      .getContext('2d')
      ?.drawImage(this.#video, 0, 0, this.#still.width, this.#still.height);
    this.#still.hidden = false;
  }

  /** Reports the next frame: pictures have been missing and should come back. */
  expect() {
    if (this.#ended) return;
    const awaited = ++this.#awaited;
    const video = this.#video;
    const seen = () => {
      if (awaited !== this.#awaited) return;
      this.#dropStill();
      this.#onPicture();
    };
    if ('requestVideoFrameCallback' in HTMLVideoElement.prototype) {
      video.requestVideoFrameCallback(seen);
    } else {
      video.addEventListener('timeupdate', seen, { once: true });
    }
  }

  clear() {
    this.#ended = true;
    this.#awaited++;
    this.#video.srcObject = null;
    this.#dropStill();
    this.#setBlocked(false);
  }

  #dropStill() {
    this.#still.hidden = true;
    this.#still.width = this.#still.height = 0; // Gives the memory back.
  }

  /** @param {boolean} blocked */
  #setBlocked(blocked) {
    if (this.blocked === blocked) return;
    this.blocked = blocked;
    this.#onBlocked();
  }
}
