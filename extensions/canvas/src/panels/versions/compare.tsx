/** Two versions on one canvas: added green, removed red and faint, changed amber, with a list of what changed. */

import { useEffect, useRef } from "react";

import type { Editor, Flow, NodeType, Theme } from "../../types";
import { createEditor } from "../../view/editor";
import { Icon } from "../../view/icons";
import { compared, lines, type FlowDiff } from "./marks";

export interface Comparison {
  diff: FlowDiff;
  before: Flow;
  after: Flow;
}

interface Props {
  comparison: Comparison;
  catalog: NodeType[];
  theme: Theme;
  close: () => void;
}

const SIGN = { added: "+", removed: "−", changed: "~", rewired: "~", layout: " " } as const;

export function Compare({ comparison, catalog, theme, close }: Props) {
  const { diff, before, after } = comparison;
  const place = useRef<HTMLDivElement>(null);
  const shut = useRef<HTMLButtonElement>(null);
  const editor = useRef<Editor | null>(null);
  const told = lines(diff.changes);
  useEffect(() => {
    if (!place.current) return undefined;
    const { flow, overlay } = compared(before, after, diff.changes);
    const made = createEditor(place.current, { flow, catalog, overlay, theme, readonly: true });
    editor.current = made;
    shut.current?.focus();
    // React does not take one tree down in the middle of drawing another.
    return () => void setTimeout(() => made.destroy());
  }, [before, after, diff, catalog, theme]);
  return (
    <section className="cw-compare" role="dialog" aria-modal="true" aria-label={`${diff.before} compared with ${diff.after}`} onKeyDown={(event) => event.key === "Escape" && close()}>
      <header>
        <strong>
          {diff.before} → {diff.after}
        </strong>
        <span>{told.length === 0 ? "no difference" : diff.layout_only ? "both do the same" : `${told.length} ${told.length === 1 ? "change" : "changes"}`}</span>
        <button ref={shut} type="button" className="cw-button is-plain" aria-label="Close the comparison" title="Close (Escape)" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div className="cw-compare-both">
        <div ref={place} className="cw-compare-canvas" />
        <ul className="cw-changes" aria-label="Changes">
          {told.map((one) => (
            <li key={one.key} className={`is-${one.mark}`}>
              <button type="button" disabled={!one.node} onClick={() => editor.current?.select([one.node])}>
                <span className="cw-changes-sign" aria-label={one.mark}>
                  {SIGN[one.mark]}
                </span>
                <span>
                  <b>{one.place}</b>
                  {one.from && <del>{one.from}</del>}
                  {one.to && <ins>{one.to}</ins>}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
