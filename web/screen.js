/**
 * A video element that shows a player's streams one after the other and never goes black between
 * them: the last picture of one stands still on a canvas above until the next has its first.
 */
export class Screen {
  #video;
  #still;
  #onPicture;
  #awaited = 0;
  /** Frames of a stream that has ended are black. */
  #ended = true;

  /**
   * @param {HTMLVideoElement} video
   * @param {HTMLCanvasElement} still
   * @param {() => void} onPicture A first frame is to be seen, after show() or expect().
   */
  constructor(video, still, onPicture) {
    this.#video = video;
    this.#still = still;
    this.#onPicture = onPicture;
    video.muted = true;
    video.playsInline = true;
    video.autoplay = true;
    still.hidden = true;
  }

  get muted() {
    return this.#video.muted;
  }

  set muted(muted) {
    this.#video.muted = muted;
  }

  /** Whether anything is to be seen. */
  get hasPicture() {
    return !this.#still.hidden || this.#video.videoWidth > 0;
  }

  /** @param {MediaStream} stream */
  show(stream) {
    this.#ended = false;
    this.#video.srcObject = stream;
    this.expect();
    this.#video.play().catch((error) => {
      // Sound needs a click first; a silent picture is better than none.
      if (error.name !== 'NotAllowedError' || this.#video.muted) return;
      this.#video.muted = true;
      this.#video.play().catch(() => {});
    });
  }

  /** Keeps the picture while the stream ends; browsers drop it together with the stream. */
  hold() {
    this.#ended = true;
    this.#awaited++;
    const { videoWidth, videoHeight } = this.#video;
    // A still that is there is of a stream that never had a picture after it.
    if (!videoWidth || !videoHeight || !this.#still.hidden) return;
    this.#still.width = videoWidth;
    this.#still.height = videoHeight;
    this.#still.getContext('2d')?.drawImage(this.#video, 0, 0);
    this.#still.hidden = false;
  }

  /** Reports the next frame: pictures have been missing and should come back. */
  expect() {
    if (this.#ended) return;
    const awaited = ++this.#awaited;
    const video = this.#video;
    const seen = () => {
      if (awaited !== this.#awaited) return;
      this.#still.hidden = true;
      this.#still.width = this.#still.height = 0; // Gives the memory back.
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
    this.#still.hidden = true;
    this.#still.width = this.#still.height = 0;
  }
}
