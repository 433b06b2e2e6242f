/** What opens over the canvas for a moment, one at a time. */

import { useState } from "react";

import type { Context } from "./commands";
import { Dialog } from "./dialog";
import { Help } from "./help";
import { Menu } from "./menu";
import { AddNode, ConnectTo, FindNode } from "./pickers";
import { useUi, type Popup } from "./ui";

export function Popups({ context }: { context: Context }) {
  const { popup } = useUi();
  if (!popup) return null;
  const close = (): void => {
    context.ui.show(null);
    context.stage.root?.focus({ preventScroll: true });
  };
  switch (popup.kind) {
    case "add":
      return <AddNode popup={popup} context={context} close={close} />;
    case "connect":
      return <ConnectTo node={popup.node} x={popup.x} y={popup.y} close={close} />;
    case "find":
      return <FindNode context={context} close={close} />;
    case "name":
      return <NameIt popup={popup} close={close} />;
    case "help":
      return <Help context={context} close={close} />;
    case "menu":
      return <Menu x={popup.x} y={popup.y} context={context} close={close} />;
  }
}

function NameIt({ popup, close }: { popup: Extract<Popup, { kind: "name" }>; close: () => void }) {
  const [value, setValue] = useState(popup.value);
  const wrong = popup.check(value);
  return (
    <Dialog label={popup.title} close={close}>
      <form
        className="cw-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong) return;
          close();
          popup.done(value);
        }}
      >
        <label>
          {popup.label}
          <input className="cw-input" value={value} autoFocus onFocus={(event) => event.target.select()} onChange={(event) => setValue(event.target.value)} aria-invalid={Boolean(wrong)} aria-describedby="cw-name-wrong" />
        </label>
        <p id="cw-name-wrong" className="cw-wrong" role="status">
          {wrong}
        </p>
        <div className="cw-form-end">
          <button type="button" className="cw-button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="cw-button is-main" disabled={Boolean(wrong)}>
            {popup.title.split(" ")[0]}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
