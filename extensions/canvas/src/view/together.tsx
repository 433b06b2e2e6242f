/** What can be done with several nodes, or with one that stands for a part: as buttons above their settings. */

import { useEditor } from "../document/context";
import { isPart } from "../document/kinds";
import { nodeOf } from "../document/nodes";
import { commandNamed, offered, type Command, type Context } from "./commands";
import { Icon } from "./icons";

const LINES = ["Align left", "Align right", "Align tops", "Align middles", "Align bottoms", "Distribute across", "Distribute down"];
const SEVERAL = ["Group", "Make a part of it", "Duplicate"];
const OF_PART = ["Open the part", "Unpack the part", "Give it a part of its own"];

export function Together({ context }: { context: Context }) {
  const store = useEditor();
  const nodes = store.selectedNodes;
  const part = nodes.length === 1 && isPart(nodeOf(store.graph, nodes[0] ?? "")?.kind ?? "");
  if (nodes.length < 2 && !part) return null;
  const named = (titles: string[]): Command[] => titles.flatMap((title) => commandNamed(title) ?? []).filter((command) => offered(command, context));
  return (
    <div className="cw-together" role="toolbar" aria-label={part ? "The part" : "All of them"}>
      {!part && (
        <div className="cw-together-lines">
          {named(LINES).map((command) => (
            <button key={command.title} type="button" className="cw-button" aria-label={command.title} title={`${command.title} (${command.keys})`} onClick={() => command.run(context)}>
              <Icon name={command.icon ?? "other"} />
            </button>
          ))}
        </div>
      )}
      {named(part ? OF_PART : SEVERAL).map((command) => (
        <button key={command.title} type="button" className="cw-push" title={command.keys.split(" ")[0]} onClick={() => command.run(context)}>
          {command.title}
        </button>
      ))}
    </div>
  );
}
