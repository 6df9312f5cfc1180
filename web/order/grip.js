import { make } from '../picture/element.js';
import { icon } from '../picture/icons.js';
import { Drag } from './drag.js';

/** What a thing in a list is carried by; the keyboard has buttons. */
export const grip = () => make('span', { class: 'grip', 'aria-hidden': 'true' }, icon('grip'));

/**
 * Lets the things of a list be carried by their grips.
 * @param {HTMLElement} list
 * @param {string} selector Of the things.
 * @param {(item: HTMLElement, target: HTMLElement) => void} onDrop The one is to take the place of the other.
 */
export function carryByGrips(list, selector, onDrop) {
  list.classList.add('ordered');
  return new Drag(
    list,
    selector,
    ({ target }) => target instanceof Element && target.closest('.grip') !== null,
    onDrop,
  );
}
