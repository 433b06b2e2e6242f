/** The list of keys: every command that there is, by what it is for. */

import { useEffect, useRef } from "react";

import { COMMANDS, type Command, type Context } from "./commands";
import { Dialog } from "./dialog";
import { Icon } from "./icons";

const AREAS: Command["area"][] = ["Add and wire", "Edit", "Rows", "Run", "Arrange", "Parts", "Move about", "Panels"];

export function Help({ context, close }: { context: Context; close: () => void }) {
  const shown = COMMANDS.filter((command) => command.keys && !(command.edits && context.store.outside.readonly));
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <Dialog label="Keys" wide close={close}>
      <div className="cw-help-head">
        <h2>Keys</h2>
        <button type="button" className="cw-button" aria-label="Close" onClick={close} ref={button}>
          <Icon name="close" />
        </button>
      </div>
      <div className="cw-help" tabIndex={0} role="group" aria-label="All keys">
        {AREAS.map((area) => (
          <section key={area}>
            <h3>{area}</h3>
            <dl>
              {shown
                .filter((command) => command.area === area)
                .map((command) => (
                  <div key={command.title}>
                    <dt>{command.title}</dt>
                    <dd>
                      {command.keys.split(" ").map((keys) => (
                        <kbd key={keys}>{keys}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
