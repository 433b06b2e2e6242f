/** Where the panels stand: one on the right, tabs below; neither ever covers the canvas. */

import { useRef, type KeyboardEvent } from "react";

import { useEditor } from "../document/context";
import { BOTTOM, RIGHT, type DockPanel } from "../panels";
import type { Context } from "./commands";
import { Icon } from "./icons";
import { Splitter } from "./splitter";
import { Together } from "./together";
import { useUi } from "./ui";

/** What is left to the bars and to the canvas, in pixels, however high a panel is wanted. */
const SPARED = 240;

export function RightDock({ context }: { context: Context }) {
  return (
    <aside className="cw-right" aria-label="Settings of what is selected">
      <Together context={context} />
      {RIGHT.map(({ id, Component }) => (
        <Component key={id} />
      ))}
    </aside>
  );
}

export function BottomDock() {
  const store = useEditor();
  const ui = useUi();
  const open = ui.shown.bottom;
  const setOpen = (bottom: string): void => ui.set({ bottom });
  const panel = useRef<HTMLDivElement>(null);
  const measured = (): { now: number; most: number } => ({ now: panel.current?.offsetHeight ?? 0, most: (panel.current?.closest<HTMLElement>(".cw-root")?.offsetHeight ?? 0) - SPARED });
  const shown = BOTTOM.find((panel) => panel.id === open);
  // A flow that is only looked at, with no workbench behind it, has nothing that a panel could show.
  if (BOTTOM.length === 0 || (store.outside.readonly && !store.outside.host.live)) return null;
  return (
    <section className={shown ? "cw-bottom is-open" : "cw-bottom"} aria-label="Panels">
      {shown && <Splitter height={ui.shown.height} measured={measured} set={(height) => ui.set({ height })} />}
      <div className="cw-tabs">
        <div className="cw-tablist" role="tablist" aria-label="Panels" onKeyDown={alongTabs}>
          {BOTTOM.map((panel) => (
            <Tab key={panel.id} panel={panel} count={panel.count?.(store) ?? 0} open={open === panel.id} toggle={() => setOpen(open === panel.id ? "" : panel.id)} />
          ))}
        </div>
        {shown && (
          <button type="button" className="cw-button is-plain cw-tabs-close" onClick={() => setOpen("")} aria-label="Close the panel" title="Close the panel">
            <Icon name="close" />
          </button>
        )}
      </div>
      {shown && (
        <div className="cw-panel" role="tabpanel" id={`cw-panel-${shown.id}`} aria-label={shown.title} ref={panel} style={ui.shown.height > 0 ? { height: `min(${ui.shown.height}px, 100cqh - ${SPARED}px)` } : undefined}>
          <shown.Component />
        </div>
      )}
    </section>
  );
}

function Tab({ panel, count, open, toggle }: { panel: DockPanel; count: number; open: boolean; toggle: () => void }) {
  return (
    <button type="button" role="tab" className="cw-tab" aria-selected={open} aria-controls={open ? `cw-panel-${panel.id}` : undefined} onClick={toggle}>
      {panel.title}
      {count > 0 && <span className="cw-count">{count}</span>}
    </button>
  );
}

function alongTabs(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')];
  const at = tabs.findIndex((tab) => tab === event.target);
  tabs[(at + step + tabs.length) % tabs.length]?.focus();
  event.preventDefault();
}
