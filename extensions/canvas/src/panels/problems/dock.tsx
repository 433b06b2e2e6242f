/** The tab with the problems of the flow. */

import { useRef } from "react";

import { useEditor } from "../../document/context";
import type { EditorStore } from "../../document/store";
import type { Finding } from "../../types";
import { errorsFirst } from "../schema/findings";
import { fixAll, fixOf, formerKinds } from "./fixes";
import { wayTo } from "./parts";
import { Problems } from "./problems";

export const problemsOf = (store: EditorStore): Finding[] => errorsFirst([...store.outside.findings, ...formerKinds(store.flow, store.kinds)]);

export function ProblemsDock() {
  const store = useEditor();
  const box = useRef<HTMLDivElement>(null);
  const findings = problemsOf(store);
  return (
    <div ref={box}>
      <Problems
        findings={findings}
        check={store.outside.check}
        unchecked={store.outside.unchecked}
        fixOf={(finding) => fixOf(finding, store.flow, store.kinds)}
        readonly={store.outside.readonly}
        jump={(finding) => jumpTo(store, finding, box.current?.closest(".cw-root") ?? null)}
        fix={(finding, fix) => {
          store.editFlow(`${fix.label}: ${finding.node}`, fix.apply);
          store.say(`Mended in ${finding.node}: ${fix.label}.`);
        }}
        fixAll={() => {
          store.editFlow("Fix all", (flow) => fixAll(findings, flow, store.kinds));
          store.say("Mended what has only one sensible mend; one undo takes it all back.");
        }}
      />
    </div>
  );
}

/** Open the part in which a node stands, select it, and bring the field in question into sight. */
export function jumpTo(store: EditorStore, finding: Finding, root: Element | null): void {
  if (!wayTo(store.flow, finding.node)) return;
  store.goTo(finding.node);
  const name = (finding.field ?? "").split(".")[0] ?? "";
  // The form of the node is drawn a moment later.
  const focus = (left: number): void => {
    const dock = root?.querySelector(".cw-right");
    const field = name ? dock?.querySelector(`[data-setting="${CSS.escape(name)}"]`) : null;
    const input = field?.querySelector<HTMLElement>("input, select, textarea");
    if (input) {
      input.scrollIntoView?.({ block: "center" });
      input.focus({ preventScroll: true });
    } else if (left > 0 && name) requestAnimationFrame(() => focus(left - 1));
  };
  requestAnimationFrame(() => focus(20));
}
