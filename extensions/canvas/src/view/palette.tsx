/** The list of node types at the left: search, drag onto the canvas, or take with Enter. */

import { useMemo, useState } from "react";

import { useEditor } from "../document/context";
import { addAfter } from "./actions";
import { ChoiceList } from "./choices";
import type { Context } from "./commands";
import { toggleFavourite } from "./memory";
import { kindOf, ordered, useTypeChoices } from "./types-list";
import { Waiting } from "./waiting";

export function Palette({ context }: { context: Context }) {
  const store = useEditor();
  const { stage } = context;
  const [query, setQuery] = useState("");
  const types = useMemo(() => ordered(store.kinds.values()), [store.kinds]);
  const choices = useTypeChoices({ types, query, drag: true, stars: true });
  return (
    <nav className="cw-palette" aria-label="Node types">
      <ChoiceList
        label="Search node types"
        placeholder="Search nodes  ( / )"
        query={query}
        setQuery={setQuery}
        choices={choices}
        folds
        empty="No node type is called that."
        note={<Waiting />}
        take={(id) => {
          const added = addAfter(store, kindOf(id), stage.middle);
          if (added) stage.reveal(added);
        }}
        leave={() => stage.root?.focus()}
        onKey={(event, active) => {
          if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "d" || !active) return;
          event.preventDefault();
          toggleFavourite(kindOf(active));
        }}
      />
      <p className="cw-palette-foot">Drag onto the canvas or a wire, or press Enter. Ctrl+D marks a favourite.</p>
    </nav>
  );
}
