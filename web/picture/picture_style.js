/**
 * How a picture looks, wherever it stands: as a sheet made by script, which the strictest
 * Content-Security-Policy lets into a page and into a shadow tree. What is above a picture is
 * light on dark in every colour scheme, for the picture is neither.
 */
export const pictureStyle = new CSSStyleSheet();

pictureStyle.replaceSync(`
.picture {
  position: relative;
  overflow: hidden;
  background: #05070a;
  color: #f2f4f7;
  container-type: size;
  font-variant-numeric: tabular-nums;
  -webkit-user-select: none;
  user-select: none;
}

[hidden] {
  display: none !important;
}

.picture * {
  box-sizing: border-box;
  margin: 0;
}

.picture :focus-visible {
  outline: 2px solid #f5b83d;
  outline-offset: 1px;
}

.icon {
  flex: none;
}

.content,
.content > * {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
}

.content > * {
  object-fit: contain;
  transition: opacity 0.25s;
}

.picture:is([data-fill], [data-snug]) .content > * {
  object-fit: cover;
}

.picture[data-turn='180'] .content > * {
  rotate: 180deg;
}

/* It lies on its side: as wide as its place is high. */
.picture:is([data-turn='90'], [data-turn='270']) .content > * {
  inset: 50% auto auto 50%;
  width: 100cqh;
  height: 100cqw;
  translate: -50% -50%;
  rotate: 90deg;
}

.picture[data-turn='270'] .content > * {
  rotate: 270deg;
}

.picture[data-mirror] .content > * {
  scale: -1 1;
}

.picture[data-mirror]:is([data-turn='90'], [data-turn='270']) .content > * {
  scale: 1 -1;
}

.picture:not([data-state='live']) .content > * {
  opacity: 0.28;
}

.picture[data-state='connecting'] .content > * {
  opacity: 0.5;
  transition-delay: 0.5s;
}

.notice {
  position: absolute;
  inset: 0;
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 5px;
  padding: 12px 16px;
  overflow: hidden;
  text-align: center;
  text-shadow: 0 1px 3px #000;
  font-size: clamp(12px, 10px + 0.9cqi, 26px);
  line-height: 1.35;
  pointer-events: none;
}

/* What connects within half a second did not need to be said. */
.picture[data-state='connecting'] .notice {
  animation: appear 0.5s step-end backwards;
}

@keyframes appear {
  from {
    opacity: 0;
  }
}

.notice p:empty {
  display: none;
}

.notice-text {
  font-size: 1.15em;
  font-weight: 600;
}

.notice-why {
  max-width: 46ch;
  text-wrap: balance;
}

.notice-todo {
  max-width: 46ch;
  font-weight: 600;
  text-wrap: balance;
}

.notice-detail {
  max-width: 64ch;
  max-height: 3lh;
  overflow: hidden;
  font-size: 0.85em;
  color: #b9c1cc;
  overflow-wrap: anywhere;
}

.picture button {
  font: inherit;
  color: inherit;
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: 6px;
  min-height: 32px;
  padding: 0 12px;
  border: 1px solid rgb(255 255 255 / 28%);
  border-radius: 8px;
  background: rgb(30 35 43 / 80%);
  cursor: pointer;
  pointer-events: auto;
}

.picture button:hover:not(:disabled) {
  background: rgb(62 70 84 / 90%);
  border-color: rgb(255 255 255 / 55%);
}

.notice .help {
  margin-top: 7px;
  text-shadow: none;
}

.spinner {
  width: 26px;
  height: 26px;
  margin-bottom: 5px;
  border: 3px solid rgb(255 255 255 / 22%);
  border-top-color: #fff;
  border-radius: 50%;
  animation: turn 0.9s linear infinite;
}

@keyframes turn {
  to {
    rotate: 1turn;
  }
}

.badges {
  position: absolute;
  top: 8px;
  left: 8px;
  display: flex;
  flex-wrap: wrap;
  gap: 6px;
  max-width: calc(100% - 16px);
}

.badge {
  padding: 2px 9px;
  border-radius: 99px;
  background: #f5b83d;
  color: #201400;
  font-size: 12px;
  font-weight: 600;
  line-height: 1.6;
}

/* Many tiles may have it at once. */
.badge.calm {
  background: rgb(10 13 18 / 72%);
  color: #d3d9e2;
  font-weight: 400;
}

.controls {
  position: absolute;
  right: 8px;
  top: 8px;
  display: flex;
  flex-wrap: wrap;
  justify-content: flex-end;
  gap: 6px;
  max-width: calc(100% - 16px);
}

.controls button {
  width: 36px;
  min-height: 36px;
  padding: 0;
  background: rgb(10 13 18 / 70%);
  border-color: rgb(255 255 255 / 20%);
  color: #fff;
}

.controls button:is([aria-pressed='true'], [aria-expanded='true'], [data-icon='sound']) {
  color: #f5b83d;
}

.controls button:is([aria-pressed='true'], [aria-expanded='true']) {
  border-color: currentcolor;
}

.controls button:disabled {
  color: rgb(255 255 255 / 45%);
  cursor: default;
}

.menu {
  position: absolute;
  top: 42px;
  right: 0;
  z-index: 1;
  display: grid;
  min-width: 190px;
  /* Of the picture, which cuts off what is outside. */
  max-height: calc(100cqh - 52px);
  padding: 5px;
  overflow-y: auto;
  border-radius: 10px;
  background: rgb(10 13 18 / 92%);
}

.controls .menu button:not([aria-pressed='true']) {
  border-color: transparent;
}

.controls .menu button {
  width: auto;
  justify-content: flex-start;
  gap: 10px;
  padding: 0 10px;
  background: none;
  white-space: nowrap;
}

.volume {
  width: 84px;
  height: 36px;
  padding: 0 8px;
  border-radius: 8px;
  background: rgb(10 13 18 / 70%);
  accent-color: #f5b83d;
}

@container (max-width: 340px) {
  .notice {
    gap: 2px;
    padding: 8px;
  }

  .notice-detail {
    max-height: 2lh;
  }

  .spinner {
    width: 20px;
    height: 20px;
  }

  .controls {
    top: 5px;
    right: 5px;
    gap: 4px;
  }

  .controls > :is([data-action='pip'], [data-action='snapshot'], .volume) {
    display: none;
  }

  .badges {
    top: 5px;
    left: 5px;
  }
}

@container (max-width: 340px) and (max-height: 130px) {
  .notice :is(.spinner, .notice-detail) {
    display: none;
  }
}

@container (min-width: 1800px) {
  .controls button {
    zoom: 1.4;
  }
}

@media (prefers-reduced-motion: reduce) {
  .content > * {
    transition: none;
  }

  .spinner {
    animation-duration: 4s;
  }
}

@media (prefers-contrast: more) {
  .controls button,
  .volume {
    background: #000;
    border-color: #fff;
  }

  .notice-detail {
    color: #fff;
  }
}

@media (forced-colors: active) {
  .badge {
    border: 1px solid;
  }
}
`);
