/** The rows of a node: looked through, copied, pinned; and what it says while there are none. */

import { useState } from "react";

import type { Pinned } from "../../document/outside";
import { asText, searched } from "./stats";
import type { Rows } from "./fetch";
import { Table } from "./table";

interface Props {
  node: string;
  rows: Rows;
  /** Rows that are shown while a run goes on can be switched on. */
  live: { possible: boolean; on: boolean; set: (on: boolean) => void };
  /** Whether the flow, or what is pinned, has changed since these rows were read. */
  old: boolean;
  pinned: Pinned | undefined;
  /** Nodes before it whose pinned rows it was made of. */
  from: readonly string[];
  pin: (rows: Pinned | null) => void;
  load: () => void;
  cancel: () => void;
}

export function PreviewView(props: Props) {
  const { node, rows, live, old, pinned, from, pin, load, cancel } = props;
  const [search, setSearch] = useState("");
  const there = rows.is === "there" ? rows : null;
  const found = there ? searched(there.rows, search) : [];
  return (
    <div className="cw-preview">
      <div className="cw-preview-bar">
        <strong>{node}</strong>
        {there && (
          <span className="cw-preview-count" role="status">
            {search ? `${found.length} of ${there.rows.length} rows` : `${there.rows.length} of ${there.total.toLocaleString("en")} ${there.live ? "sampled rows" : "rows"}`}
          </span>
        )}
        {pinned && <span className="cw-preview-pinned">{pinned.rows.length} rows pinned: nodes before it do not run in previews</span>}
        {from.length > 0 && !live.on && <span className="cw-preview-pinned">runs from the rows pinned at {from.join(" and ")}</span>}
        {there && old && !there.live && (
          <span className="cw-preview-pinned" role="status">
            of the flow as it was before
          </span>
        )}
        <span className="cw-preview-tools">
          {there && <input className="cw-field-input" type="search" aria-label="Search the rows" placeholder="Search" value={search} onChange={(event) => setSearch(event.target.value)} />}
          {there && there.rows.length > 0 && <Copy text={() => asText(there.columns.map((column) => column.name), found)} />}
          {pinned ? (
            <button type="button" className="cw-push" onClick={() => pin(null)}>
              Unpin
            </button>
          ) : (
            there && !there.live && there.rows.length > 0 && (
              <button type="button" className="cw-push" title="Use these rows in place of this node's output in previews" onClick={() => pin({ columns: there.columns, rows: found })}>
                Pin
              </button>
            )
          )}
          {live.possible && (
            <button type="button" className="cw-push" aria-pressed={live.on} onClick={() => live.set(!live.on)}>
              Live
            </button>
          )}
          {rows.is === "loading" ? (
            <button type="button" className="cw-push" onClick={cancel}>
              Cancel
            </button>
          ) : (
            <button type="button" className={there && old && !there.live ? "cw-push is-main" : "cw-push"} onClick={load}>
              {rows.is === "idle" ? "Run up to here" : "Again"}
            </button>
          )}
        </span>
      </div>
      {rows.is === "idle" && <p className="cw-none">Runs the nodes up to {node} on the first thousand rows of their sources. Nothing is written.</p>}
      {rows.is === "loading" && (
        <p className="cw-none" role="status">
          Reading the first rows …
        </p>
      )}
      {rows.is === "failed" && (
        <p className="cw-notice is-bad" role="alert">
          {rows.text}
        </p>
      )}
      {there?.errors.slice(0, 5).map((error) => (
        <p key={error} className="cw-notice is-bad">
          {error}
        </p>
      ))}
      {there?.notes.map((note) => (
        <p key={note} className="cw-notice is-info">
          {note}
        </p>
      ))}
      {there && there.rows.length === 0 && <p className="cw-none">No rows came to this node{there.live ? " yet" : " from the first thousand of its sources"}.</p>}
      {there && there.rows.length > 0 && found.length === 0 && <p className="cw-none">No row holds {JSON.stringify(search)}.</p>}
      {there && found.length > 0 && <Table columns={there.columns} rows={found} />}
    </div>
  );
}

function Copy({ text }: { text: () => string }) {
  const [said, setSaid] = useState("");
  const copy = (): void => {
    const done = navigator.clipboard?.writeText(text());
    if (!done) setSaid("Not possible here");
    else done.then(() => setSaid("Copied"), () => setSaid("Refused by the browser"));
    setTimeout(() => setSaid(""), 2000);
  };
  return (
    <button type="button" className="cw-push" title="Copy the rows, for a spreadsheet" onClick={copy}>
      {said || "Copy"}
    </button>
  );
}
