import { Words, words } from './i18n/words.js';
import { installWorker } from './page/install.js';
import { Update } from './page/update.js';
import { Loudspeaker } from './picture/loudspeaker.js';
import { pictureStyle } from './picture/picture_style.js';
import { Signalling } from './player/signalling.js';
import { Surroundings } from './player/surroundings.js';
import { Address, entry } from './wall/address.js';
import { Arrangement, layoutOf } from './wall/arrangement.js';
import { Awake } from './wall/awake.js';
import { Empty } from './wall/empty.js';
import { Header } from './wall/header.js';
import { listenToKeys } from './wall/keys.js';
import { Library } from './wall/library.js';
import { Wall } from './wall/wall.js';

/** So few tiles play in every browser. */
const FEW = 4;

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

async function start() {
  document.adoptedStyleSheets = [pictureStyle];
  const language = Words.preferred();
  await words.use(language, language, { reasons: 'later' });
  const query = new URLSearchParams(location.search);
  const kiosk = query.has('kiosk');
  const socket = new URL('ws', document.baseURI);
  socket.protocol = socket.protocol.replace('http', 'ws');

  const library = new Library();
  const named = query.get('layout') ?? '';
  const asked = library.find(named)?.layout ?? layoutOf(query, (name) => library.own(name));
  // A wall that a URL asked for is that URL's: it does not become the browser's own.
  const own = entry().own ?? !(asked || named);
  const layout = own ? (library.current ?? entry().layout) : (entry().layout ?? asked);
  const signalling = new Signalling(socket.href);
  library.follow(signalling);
  const surroundings = new Surroundings();
  const loudspeaker = new Loudspeaker();
  const arrangement = new Arrangement(layout ?? undefined);
  // Before the address, which may replace a layout by what that is now.
  if (own) arrangement.on('change', () => (library.current = arrangement.layout));
  const around = { signalling, surroundings, loudspeaker, arrangement, kiosk };
  const wall = new Wall(byId('wall'), byId('announcer'), around);
  const address = new Address({ wall, arrangement, library, own });
  const fingers = matchMedia('(any-pointer: coarse)').matches;
  const awake = new Awake(kiosk || matchMedia('(pointer: coarse)').matches);
  const help = { open: openHelp };
  const drawer = {
    get open() {
      return !byId('drawer').hidden;
    },
    async toggle() {
      there ??= openDrawer();
      try {
        (await there).toggle();
      } catch (error) {
        there = undefined; // The next press tries again.
        throw error;
      }
    },
  };
  /** @type {Promise<{toggle: () => void}> | undefined} */
  let there;
  /** Loaded when it is asked for. */
  const openDrawer = async () => {
    const { Drawer } = await import('./wall/drawer.js');
    return new Drawer(byId('drawer'), {
      signalling,
      arrangement,
      library,
      address,
      awake,
      onHelp: () => void help.open(),
      onRemoved: ({ what, restore }) => {
        wall.emit('removed', { what: wall.announce(what), restore });
      },
      onToggle: () => {
        wall.hold('drawer', drawer.open);
        header.show();
      },
    });
  };
  const header = new Header(byId('header'), { wall, signalling, arrangement, drawer });
  const empty = new Empty(wall, signalling);

  const show = () => {
    document.body.dataset.server = signalling.gone
      ? 'gone'
      : signalling.phase === 'open'
        ? 'here'
        : 'connecting';
    header.show();
    empty.show();
  };
  const speak = () => {
    document.documentElement.lang = words.tag;
    byId('wall').setAttribute('aria-label', words.text('wall.label'));
    byId('drawer').setAttribute('aria-label', words.text('arrange.title'));
    header.speak();
    show();
  };
  words.addEventListener('change', speak);
  speak();

  wall.on('change', show);
  signalling.on('phase', show);
  setInterval(show, 1000);
  const update = new Update(signalling, {
    busy: () => isInUse(wall, kiosk),
    reload: () => {
      wall.keepPage();
      location.reload();
    },
  });
  update.on('available', () => header.offerReload(update.available));
  listenToKeys({ wall, arrangement, drawer, help });
  let limited = false;
  wall.on('change', () => {
    if (limited || wall.shownTiles.length <= FEW) return;
    limited = true;
    void import('./wall/stills.js').then(
      ({ limitPlaying }) => limitPlaying(wall),
      () => (limited = false), // The next change tries again.
    );
  });
  if (kiosk) void import('./wall/kiosk.js').then(({ Kiosk }) => new Kiosk());
  if (!kiosk) {
    const listen = import('./wall/by_hand.js');
    void listen.then(({ arrangeByHand }) => arrangeByHand(byId('wall'), wall, arrangement));
  }
  if (fingers && !kiosk) {
    const listen = import('./wall/gestures.js');
    void listen.then(({ listenToFingers }) => listenToFingers(byId('wall'), wall, arrangement));
  }

  surroundings.on('upheaval', () => signalling.doubt());
  addEventListener('pagehide', () => signalling.stop());
  addEventListener('pageshow', () => signalling.start());
  signalling.start();
}

async function openHelp() {
  const { help } = await import('./wall/help.js');
  help.open();
}

/** Whether a reload would take something away from somebody. @param {Wall} wall @param {boolean} kiosk */
function isInUse(wall, kiosk) {
  // Browsers let no page begin with sound.
  const heard = wall.tiles.some(({ picture }) => picture.heard || picture.inPictureInPicture);
  const open = document.querySelector('dialog[open], .menu:not([hidden]), [data-carried]') !== null;
  const full = !kiosk && document.fullscreenElement !== null;
  return wall.held || heard || open || !wall.playing || full;
}

void start();
void installWorker();
