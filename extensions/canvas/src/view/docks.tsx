/** Where the panels stand: one on the right, tabs below; neither ever covers the canvas. */

import type { KeyboardEvent } from "react";

import { useEditor } from "../document/context";
import { BOTTOM, RIGHT, type DockPanel } from "../panels";
import { Icon } from "./icons";
import { useUi } from "./ui";

export function RightDock() {
  return (
    <aside className="cw-right" aria-label="Settings of what is selected">
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
  const shown = BOTTOM.find((panel) => panel.id === open);
  // A map for looking at has nothing behind it that a panel could show.
  if (BOTTOM.length === 0 || (store.outside.readonly && !store.outside.host.live)) return null;
  return (
    <section className={shown ? "cw-bottom is-open" : "cw-bottom"} aria-label="Panels">
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
        <div className="cw-panel" role="tabpanel" id={`cw-panel-${shown.id}`} aria-label={shown.title}>
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
