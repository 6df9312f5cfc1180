/** Line icons on a 24 × 24 grid. */
const PATHS = {
  play: 'M8 5.5v13l11-6.5z',
  pause: 'M8 6v12M16 6v12',
  muted: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11',
  fullscreen: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  window: 'M9 4v5H4M15 4v5h5M15 20v-5h5M9 20v-5H4',
  statistics: 'M5 19v-6M10 19V9M15 19v-8M20 19V5',
  snapshot: 'M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4',
  stream: 'M12 4 3 9l9 5 9-5zM3 14.5l9 5 9-5',
  pip: 'M3 5h18v14H3zM12.5 12H18v4h-5.5z',
  enlarge: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
  wall: 'M4 5h6.5v6H4zM13.5 5H20v6h-6.5zM4 13.5h6.5v6H4zM13.5 13.5H20v6h-6.5z',
  arrange: 'M4 6h3M10.5 6H20M4 12h3M10.5 12H20M4 18h3M10.5 18H20',
  left: 'M14.5 5.5 8 12l6.5 6.5',
  right: 'M9.5 5.5 16 12l-6.5 6.5',
  up: 'M5.5 14.5 12 8l6.5 6.5',
  down: 'M5.5 9.5 12 16l6.5-6.5',
  cycle: 'M19 8A8 8 0 0 0 5 9M5 4v5h5M5 16a8 8 0 0 0 14-1M19 20v-5h-5',
  grip: 'M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01',
  close: 'M6 6l12 12M18 6 6 18',
  remove: 'M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5',
  link: 'M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.7L12 17',
  keyboard: 'M3 6h18v12H3zM7 10v.01M11 10v.01M15 10v.01M18 10v.01M7 14h10',
  in: 'M11 5v12M5 11h12',
  out: 'M5 11h12',
  whole: 'M5.5 9 8 7v10M12 10v.01M12 15v.01M15.5 9 18 7v10',
  more: 'M5 12v.01M12 12v.01M19 12v.01',
  turn: 'M19 12a7 7 0 1 1-2.2-5.1M17 3v4h-4',
  mirror: 'M12 4v16M8.5 8 4 12l4.5 4M15.5 8 20 12l-4.5 4',
  fill: 'M3 5h18v14H3zM8 12H6l2-2M6 12l2 2M16 12h2l-2-2M18 12l-2 2',
  columns: 'M3 3h7.5v18H3zM13.5 3H21v18h-7.5z',
  column: 'M6 3h12v18H6zM6 9h12M6 15h12',
  rename: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  corner: 'M19 9v10H9M19 14l-5 5',
  copy: 'M9 9h10v11H9zM5 15V4h10',
};

/** Of all icons. */
export const NAMES = /** @type {IconName[]} */ (Object.keys(PATHS));

/** A stylesheet may say otherwise. */
const LOOK = {
  viewBox: '0 0 24 24',
  class: 'icon',
  'aria-hidden': 'true',
  width: '18',
  height: '18',
  fill: 'none',
  stroke: 'currentcolor',
  'stroke-width': '1.8',
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * @param {IconName} shape
 * @returns {SVGSVGElement}
 */
export function icon(shape) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries(LOOK)) svg.setAttribute(name, value);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[shape]);
  svg.append(path);
  return svg;
}
