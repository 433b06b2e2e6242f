/** Flows to begin with, each with its description and a small picture; files in and out. */

import { useRef } from "react";

import type { Kinds } from "../../document/kinds";
import type { Flow } from "../../types";
import { Picture } from "./picture";

export interface Template {
  name: string;
  description: string;
  /** Null while it is read. */
  flow: Flow | null;
}

interface Props {
  templates: Template[] | null;
  kinds: Kinds;
  readonly: boolean;
  /** Whether there is something that a template takes the place of. */
  replaces: boolean;
  said: { text: string; bad: boolean };
  use: (template: Template) => void;
  open: (text: string) => void;
  save: (as: "json" | "python" | "container") => void;
}

export function TemplatesView({ templates, kinds, readonly, replaces, said, use, open, save }: Props) {
  const file = useRef<HTMLInputElement>(null);
  const read = (chosen: File | undefined): void => {
    if (chosen) void chosen.text().then(open);
  };
  return (
    <div className="cw-templates">
      <div className="cw-preview-bar">
        {!readonly && (
          <>
            <button type="button" className="cw-push" onClick={() => file.current?.click()}>
              Open a JSON file …
            </button>
            <input ref={file} type="file" accept=".json,application/json" hidden aria-label="Flow as JSON" onChange={(event) => read(event.target.files?.[0])} />
          </>
        )}
        <button type="button" className="cw-push" onClick={() => save("json")}>
          Save as JSON
        </button>
        <button type="button" className="cw-push" title="One plain Pathway program that runs where Causeway is not installed" onClick={() => save("python")}>
          Save as Python
        </button>
        <button type="button" className="cw-push" title="Containerfile, compose file, Kubernetes manifests" onClick={() => save("container")}>
          Export a container …
        </button>
        <span role="status" className={said.bad ? "is-bad" : undefined}>
          {said.text}
        </span>
      </div>
      {templates?.length === 0 && <p className="cw-none">There are no templates.</p>}
      <ul className="cw-gallery" aria-label="Templates">
        {templates?.map((one) => (
          <li key={one.name}>
            <div className="cw-gallery-picture">{one.flow && <Picture flow={one.flow} kinds={kinds} />}</div>
            <b>{one.name}</b>
            <p>{one.description}</p>
            {!readonly && (
              <button type="button" className="cw-push" disabled={!one.flow} aria-label={replaces ? `Replace this flow with ${one.name}` : `Begin with it: ${one.name}`} title={replaces ? "Takes the place of this flow; can be undone" : "Begin with this flow"} onClick={() => use(one)}>
                {replaces ? "Replace this flow" : "Begin with it"}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
