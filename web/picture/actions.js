import { words } from '../i18n/words.js';

/** @import { Picture } from './picture.js' */
/** @import { Action } from './types.js' */

/** @param {Element} host @returns {boolean} */
export function isFullscreen(host) {
  return /** @type {Document | ShadowRoot} */ (host.getRootNode()).fullscreenElement === host;
}

/**
 * @param {HTMLElement} host
 * @param {HTMLVideoElement} [video] Telephones that show no other element on the whole screen
 *   show this one.
 */
export async function toggleFullscreen(host, video) {
  try {
    if (isFullscreen(host)) await document.exitFullscreen();
    else if ('requestFullscreen' in host) await host.requestFullscreen();
    else /** @type {any} */ (video)?.webkitEnterFullscreen?.();
  } catch (error) {
    console.warn('fanlight: full screen:', /** @type {Error} */ (error).message);
  }
}

/**
 * What can be done with any picture, wherever it stands.
 * @param {Picture} picture
 * @param {HTMLElement} host Goes to full screen.
 * @returns {Action[]}
 */
export function pictureActions(picture, host) {
  const { player } = picture;
  const noSound = () =>
    [words.text('sound.none'), words.said(player.camera, 'audio_note')].filter(Boolean).join(': ');
  return [
    {
      name: 'play',
      key: 'Space',
      icon: () => (player.wanted ? 'pause' : 'play'),
      label: () => words.text(player.wanted ? 'action.pause' : 'action.play'),
      run: () => picture.togglePlaying(),
    },
    {
      name: 'sound',
      key: 'KeyM',
      icon: () => (picture.heard ? 'sound' : 'muted'),
      label: () =>
        player.hasSound ? words.text(picture.heard ? 'action.mute' : 'action.unmute') : noSound(),
      disabled: () => !player.hasSound,
      run: () => picture.toggleSound(),
    },
    {
      name: 'statistics',
      second: true,
      key: 'KeyI',
      icon: () => 'statistics',
      label: () => words.text('action.statistics'),
      pressed: () => picture.panel.shown,
      run: () => picture.toggleStatistics(),
    },
    {
      name: 'snapshot',
      key: 'KeyS',
      icon: () => 'snapshot',
      label: () => words.text('action.snapshot'),
      disabled: () => !picture.screen.hasPicture,
      run: () => void picture.saveSnapshot(),
    },
    {
      name: 'stream',
      second: true,
      key: 'KeyQ',
      icon: () => 'stream',
      label: () => words.text('action.stream', { stream: player.wish.stream }),
      pressed: () => player.wish.stream !== 'auto',
      hidden: () => (player.camera.streams?.length ?? 0) < 2,
      run: () => picture.nextStream(),
    },
    {
      name: 'pip',
      second: true,
      key: 'KeyP',
      icon: () => 'pip',
      label: () => words.text('action.pip'),
      pressed: () => picture.inPictureInPicture,
      hidden: () => !document.pictureInPictureEnabled,
      run: () => void picture.togglePictureInPicture(),
    },
    {
      name: 'fullscreen',
      second: true,
      key: 'KeyF',
      icon: () => (isFullscreen(host) ? 'window' : 'fullscreen'),
      label: () => words.text(isFullscreen(host) ? 'action.fullscreen.leave' : 'action.fullscreen'),
      run: () => void toggleFullscreen(host, picture.screen.video),
    },
  ];
}

/**
 * Keys that are where each keyboard has them, some with Shift, and on the number pad: what is
 * written on them counts. "=" is on the key of "+" where it needs no Shift.
 * @type {Record<string, string>}
 */
const WRITTEN = { '+': 'Plus', '-': '-', '−': '-', 0: '0' };

/**
 * Does what a key stands for.
 * @param {Action[]} actions
 * @param {KeyboardEvent} event
 * @returns {boolean} Whether there was such a key.
 */
export function actOnKey(actions, event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  const plain = event.shiftKey ? undefined : event.key === '=' ? 'Plus' : event.code;
  const pressed = WRITTEN[event.key] ?? plain;
  const action = pressed && actions.find(({ key }) => key === pressed);
  if (!action || action.disabled?.()) return false;
  event.preventDefault();
  action.run();
  return true;
}
