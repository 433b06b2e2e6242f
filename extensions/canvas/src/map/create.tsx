/** Puts a map of services into an element, as high as its layout wants it. */

import { ReactFlowProvider } from "@xyflow/react";
import flowCss from "@xyflow/react/dist/style.css";
import { createRoot } from "react-dom/client";

import type { Theme } from "../types";
import canvasCss from "../view/css/canvas.css";
import frameCss from "../view/css/frame.css";
import themeCss from "../view/css/theme.css";
import type { ServiceMap } from "./graph";
import { placed, scaled } from "./layout";
import mapCss from "./map.css";
import { MapView } from "./view";

export interface MapOptions {
  map: ServiceMap;
  theme?: Theme;
  /** Id of the service that is picked, '' for none. */
  selected?: string;
  /** Told the service that is picked, '' when it is let go; services are buttons then, and no links. */
  onPick?(id: string): void;
}

export interface MapInPage {
  setMap(map: ServiceMap): void;
  setSelected(id: string): void;
  setTheme(theme: Theme): void;
  destroy(): void;
}

/** Around the drawing, in pixels. */
const EDGE = 18;
/** Of that, and of the line with the legend. */
const AROUND = 40 + 2 * EDGE;
const LEAST = 150;
const MOST = 620;

export function createMap(element: HTMLElement, options: MapOptions): MapInPage {
  let { map, theme = "light", selected = "" } = options;
  const { onPick } = options;
  const style = document.createElement("style");
  style.textContent = flowCss + themeCss + frameCss + canvasCss + mapCss;
  const place = document.createElement("div");
  element.append(style, place);
  const root = createRoot(place);
  let drawn = 0;
  const draw = (): void => {
    const drawing = placed(map);
    const { zoom, whole } = scaled(drawing, element.clientWidth - 2 * EDGE);
    place.style.height = `${Math.round(Math.min(MOST, Math.max(LEAST, drawing.height * zoom + AROUND)))}px`;
    // Another drawing is shown from the start: all of it is in sight.
    root.render(
      <ReactFlowProvider key={drawn}>
        <MapView map={map} theme={theme} whole={whole} selected={selected} onPick={onPick} />
      </ReactFlowProvider>,
    );
  };
  draw();
  // A window that gets narrower shows the same drawing smaller; a notebook tells its width only after the first drawing.
  let last = element.clientWidth;
  const watch = new ResizeObserver(() => {
    const now = element.clientWidth;
    if (now !== last && now > 0) {
      drawn += 1;
      draw();
    }
    last = now;
  });
  watch.observe(element);
  return {
    setMap: (next) => {
      if (JSON.stringify(next) === JSON.stringify(map)) return;
      map = next;
      drawn += 1;
      draw();
    },
    setSelected: (id) => {
      selected = id;
      draw();
    },
    setTheme: (next) => {
      theme = next;
      draw();
    },
    destroy: () => {
      watch.disconnect();
      root.unmount();
      place.remove();
      style.remove();
    },
  };
}
