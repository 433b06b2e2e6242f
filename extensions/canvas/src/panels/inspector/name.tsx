/** The name of a node: changed when Enter is pressed or the field is left, if it is free. */

import { useEffect, useState } from "react";

import { badId } from "../../document/ids";

interface Props {
  id: string;
  taken: ReadonlySet<string>;
  readonly: boolean;
  rename: (name: string) => void;
}

export function NodeName({ id, taken, readonly, rename }: Props) {
  const [typed, setTyped] = useState(id);
  useEffect(() => setTyped(id), [id]);
  const wrong = typed === id ? "" : badId(typed) || (taken.has(typed) ? `There is a node ${typed} already.` : "");
  const done = (): void => {
    if (typed !== id && !wrong) rename(typed);
    else setTyped(id);
  };
  return (
    <div className="cw-name">
      <input
        className="cw-name-input"
        aria-label="Name of the node"
        aria-invalid={wrong !== "" || undefined}
        spellCheck={false}
        autoComplete="off"
        disabled={readonly}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === "Enter") done();
          if (event.key === "Escape") setTyped(id);
        }}
      />
      {wrong && <p className="cw-field-fault" role="alert">{wrong}</p>}
    </div>
  );
}
