/** Saved versions: save with a message, look back, compare, restore. */

import { useState } from "react";

import type { FlowDraft, FlowVersion } from "./calls";

interface Props {
  versions: FlowVersion[] | null;
  draft: FlowDraft | null;
  said: { text: string; bad: boolean };
  readonly: boolean;
  busy: boolean;
  save: (message: string) => void;
  restore: (version: number) => void;
  compare: (before: number, after: number | null) => void;
}

export function VersionsView(props: Props) {
  const { versions, draft, said, readonly, busy } = props;
  const [asking, setAsking] = useState(0);
  return (
    <div className="cw-versions">
      {!readonly && <Save busy={busy} draft={draft} save={props.save} />}
      <p role="status" className={said.text ? `cw-notice ${said.bad ? "is-bad" : "is-info"}` : undefined}>
        {said.text}
      </p>
      {versions === null && !said.bad && <p className="cw-none">Reading the versions …</p>}
      {versions?.length === 0 && <p className="cw-none">No version was saved yet. Save one before a larger change; it can always be had back.</p>}
      {versions && versions.length > 0 && (
        <ol reversed aria-label="Versions, newest first">
          {versions.map((one, index) => (
            <li key={one.version}>
              <b>{one.version}</b>
              <span className="cw-versions-text">
                <span>{one.message}</span>
                <small>
                  {one.author}, {dateOf(one.saved_unix_nano)}
                </small>
              </span>
              {asking === one.version ? (
                <span className="cw-versions-tools">
                  <button type="button" className="cw-push is-main" autoFocus onClick={() => (setAsking(0), props.restore(one.version))}>
                    Restore {one.version}
                  </button>
                  <button type="button" className="cw-push" onClick={() => setAsking(0)}>
                    Keep the present one
                  </button>
                </span>
              ) : (
                <span className="cw-versions-tools">
                  {one.parent > 0 && (
                    <button type="button" className="cw-push" disabled={busy} aria-label={`What it changed: version ${one.version}`} onClick={() => props.compare(one.parent, one.version)}>
                      What it changed
                    </button>
                  )}
                  <button type="button" className="cw-push" disabled={busy} aria-label={`Compare with now: version ${one.version}`} onClick={() => props.compare(one.version, null)}>
                    Compare with now
                  </button>
                  {!readonly && index > 0 && (
                    <button type="button" className="cw-push" disabled={busy} aria-label={`Restore version ${one.version}`} onClick={() => setAsking(one.version)}>
                      Restore
                    </button>
                  )}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Save({ busy, draft, save }: { busy: boolean; draft: FlowDraft | null; save: Props["save"] }) {
  const [message, setMessage] = useState("");
  const unsaved = draft?.unsaved.length ?? 0;
  return (
    <form
      className="cw-versions-save"
      onSubmit={(event) => {
        event.preventDefault();
        if (message.trim()) save(message.trim());
        setMessage("");
      }}
    >
      <input className="cw-field-input" aria-label="What was changed and why" placeholder="What was changed and why" value={message} onChange={(event) => setMessage(event.target.value)} />
      <button type="submit" className="cw-push is-main" disabled={busy || !message.trim()}>
        Save version
      </button>
      {draft && <small>{unsaved === 0 ? "Nothing unsaved" : `${unsaved} unsaved ${unsaved === 1 ? "change" : "changes"}`}</small>}
      {draft && draft.newer.length > 0 && <small className="is-warn">Others saved {draft.newer.map((one) => `version ${one.version} (${one.author})`).join(", ")} since.</small>}
    </form>
  );
}

export function dateOf(unixNano: number): string {
  const date = new Date(unixNano / 1e6);
  return Number.isNaN(date.getTime()) ? "" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
