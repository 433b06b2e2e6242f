/** A reference to a secret. A new one is kept by the workspace: its value never gets into the document or its history. */

import { useEffect, useState } from "react";

import { idOf, placeholderOf, useScope, type ControlProps } from "./scope";

interface SecretEntry {
  name: string;
}

const REFERENCE = /^\$\{secret:([^}]+)\}$/;
const NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/;
const NEW = "+";

export const referenceTo = (name: string): string => `\${secret:${name}}`;
export const nameIn = (value: unknown): string => (typeof value === "string" ? (REFERENCE.exec(value)?.[1] ?? "") : "");

export function SecretInput(props: ControlProps) {
  const scope = useScope();
  const { host } = scope;
  const [names, setNames] = useState<string[]>([]);
  const [making, setMaking] = useState(false);
  useEffect(() => {
    if (!host.live) return undefined;
    let here = true;
    host.call<SecretEntry[]>("secrets").then(
      (found) => here && setNames(found.map((one) => one.name)),
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [host]);
  const now = nameIn(props.value);
  const all = now && !names.includes(now) ? [...names, now] : names;
  const choose = (name: string): void => {
    if (name === NEW) setMaking(true);
    else props.onChange(name === "" ? undefined : referenceTo(name));
  };
  return (
    <div className="cw-secret">
      <select
        className="cw-field-input"
        id={idOf(scope, props.path)}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        disabled={scope.readonly}
        value={making ? NEW : now}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">{placeholderOf(props.schema.default) || "none"}</option>
        {all.map((name) => (
          <option key={name} value={name}>
            {names.includes(name) || !host.live ? name : `${name} (not in this workspace)`}
          </option>
        ))}
        {host.live && <option value={NEW}>New secret …</option>}
      </select>
      {making && (
        <NewSecret
          suggested={now || suggestion(scope.kind, scope.node, props.path)}
          keep={(name) => {
            setNames([...new Set([...names, name])].sort());
            setMaking(false);
            props.onChange(referenceTo(name));
          }}
          cancel={() => setMaking(false)}
        />
      )}
    </div>
  );
}

/** `{service}_{resource}_{parameter}`, as the workspace names them. */
export const suggestion = (kind: string, node: string, path: string): string =>
  [kind.split(".").at(-1), node, path.split(".").at(-1)].filter(Boolean).join("_").replace(/[^A-Za-z0-9_.-]/g, "_");

function NewSecret({ suggested, keep, cancel }: { suggested: string; keep: (name: string) => void; cancel: () => void }) {
  const { host } = useScope();
  const [name, setName] = useState(suggested);
  const [value, setValue] = useState("");
  const [said, setSaid] = useState("");
  const save = async (): Promise<void> => {
    if (!NAME.test(name)) return setSaid("A name begins with a letter and has letters, digits, _ . and - only.");
    if (value === "") return setSaid("Type the value.");
    try {
      await host.call("secret_set", { name, value });
      setValue("");
      keep(name);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div className="cw-new-secret" role="group" aria-label="New secret">
      <input className="cw-field-input" aria-label="Name of the secret" value={name} autoComplete="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />
      <input
        className="cw-field-input"
        type="password"
        aria-label="Value of the secret"
        placeholder="Value"
        autoComplete="new-password"
        value={value}
        onChange={(event) => setValue(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && void save()}
      />
      <span className="cw-new-secret-end">
        <button type="button" className="cw-push is-main" onClick={() => void save()}>
          Keep it
        </button>
        <button type="button" className="cw-push" onClick={cancel}>
          Cancel
        </button>
      </span>
      <p className={said ? "cw-field-fault" : "cw-field-help"}>{said || "Kept encrypted in the workspace. The flow only has its name."}</p>
    </div>
  );
}
