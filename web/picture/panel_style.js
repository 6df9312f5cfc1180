/** How the statistics above a picture look; see picture_style.js. */
export const panelStyle = new CSSStyleSheet();

panelStyle.replaceSync(`
.panel {
  position: absolute;
  inset: auto auto 8px 8px;
  display: grid;
  grid-template-columns: auto;
  gap: 8px 22px;
  align-items: start;
  max-width: calc(100% - 16px);
  max-height: calc(100% - 16px);
  padding: 10px 13px;
  overflow: auto;
  overscroll-behavior: contain;
  border-radius: 10px;
  background: rgb(10 13 18 / 82%);
  backdrop-filter: blur(6px);
  font-size: 12px;
  line-height: 1.35;
  -webkit-user-select: text;
  user-select: text;
}

.panel dl {
  display: grid;
  grid-template-columns: auto auto;
  gap: 0 14px;
}

.panel dl > div {
  display: contents;
}

.panel dl > div:has(dd:empty) {
  display: none;
}

.panel dt,
.graph-name {
  color: #aab3c0;
}

.panel dd {
  overflow-wrap: anywhere;
}

.graphs {
  display: grid;
  gap: 7px;
  width: 210px;
}

.graph {
  display: grid;
  grid-template-columns: auto 1fr auto;
  gap: 0 8px;
}

.graph-value {
  text-align: end;
}

.graph-most {
  color: #aab3c0;
}

.graph svg {
  grid-column: 1 / -1;
  width: 100%;
  height: 30px;
  border-bottom: 1px solid rgb(255 255 255 / 25%);
  background: rgb(255 255 255 / 5%);
}

.graph-line {
  fill: none;
  stroke: #f5b83d;
  stroke-width: 1.5;
  stroke-linejoin: round;
  vector-effect: non-scaling-stroke;
}

.graph-area {
  fill: rgb(245 184 61 / 20%);
}

.panel .copy {
  min-height: 28px;
  justify-self: start;
  font-size: 12px;
}

@container (min-width: 600px) and (min-height: 400px) {
  .panel {
    grid-template-columns: auto auto;
  }
}

@container (max-height: 399px) and (min-width: 420px) {
  .panel {
    gap: 6px;
    padding: 8px 12px;
    font-size: 11px;
    line-height: 1.3;
  }

  .panel dl {
    grid-template-columns: repeat(4, auto);
  }

  .graphs {
    grid-template-columns: repeat(5, minmax(0, 1fr));
    width: auto;
  }

  .graph {
    grid-template-columns: auto;
  }

  .graph-value {
    text-align: start;
  }

  .graph-most {
    display: none;
  }

  .graph svg {
    height: 22px;
  }
}

@container (max-width: 419px) {
  .graphs {
    width: auto;
  }
}

@container (max-width: 340px) {
  .panel {
    inset: auto auto 5px 5px;
    max-width: calc(100% - 10px);
    max-height: calc(100% - 10px);
    padding: 6px 8px;
    font-size: 11px;
    line-height: 1.25;
  }
}

@container (min-width: 900px) {
  .panel {
    font-size: 13px;
  }

  .graphs {
    width: 260px;
  }
}

@media (prefers-contrast: more) {
  .panel {
    background: #000;
    border-color: #fff;
  }

  .panel dt,
  .graph-name {
    color: #fff;
  }
}

@media (forced-colors: active) {
  .panel {
    border: 1px solid;
  }

  .graph-line {
    stroke: CanvasText;
  }
}
`);
