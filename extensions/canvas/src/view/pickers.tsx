/** Small windows in which something is chosen by typing: a node to add, an input to wire to, a node to find. */

import { useMemo, useState } from "react";

import { useEditor } from "../document/context";
import { found } from "../document/search";
import { fitting, refusal } from "../document/wires";
import { addKind, connectNodes } from "./actions";
import { ChoiceList, type Choice } from "./choices";
import type { Context } from "./commands";
import { Dialog } from "./dialog";
import { kindOf, ordered, useTypeChoices } from "./types-list";
import type { Popup } from "./ui";
import { Waiting } from "./waiting";

export function AddNode({ popup, context, close }: { popup: Extract<Popup, { kind: "add" }>; context: Context; close: () => void }) {
  const store = useEditor();
  const [query, setQuery] = useState("");
  const { wire } = popup;
  const types = useMemo(() => {
    const all = ordered(store.kinds.values());
    return wire ? fitting(all, "source" in wire ? "reads" : "feeds") : all;
  }, [store.kinds, wire]);
  const choices = useTypeChoices({ types, query });
  const label = !wire ? "Add a node" : "source" in wire ? `Add a node that reads from ${wire.source}` : `Add a node that feeds ${wire.target}`;
  return (
    <Dialog label={label} x={popup.x} y={popup.y} close={close}>
      <p className="cw-popup-title">{label}</p>
      <ChoiceList
        label={label}
        placeholder="Search nodes"
        query={query}
        setQuery={setQuery}
        choices={choices}
        focus
        empty={wire ? "No node type of that name fits here." : "No node type is called that."}
        note={<Waiting />}
        leave={close}
        take={(id) => {
          close();
          const added = addKind(store, kindOf(id), popup.place, wire);
          if (added) context.stage.reveal(added);
        }}
      />
    </Dialog>
  );
}

export function ConnectTo({ node, x, y, close }: { node: string; x: number; y: number; close: () => void }) {
  const store = useEditor();
  const [query, setQuery] = useState("");
  const ends = useMemo(() => {
    const all = (store.graph.nodes ?? []).flatMap((other) =>
      other.id === node ? [] : (store.kinds.get(other.kind)?.inputs ?? []).map((port) => ({ id: other.id, port: port.name, why: refusal(store.graph, store.kinds, node, other.id, port.name) })),
    );
    return all.sort((a, b) => Number(Boolean(a.why)) - Number(Boolean(b.why)));
  }, [store.graph, store.kinds, node]);
  const choices: Choice[] = found(ends, query, (end) => [end.id, end.port]).map((end) => ({
    id: `${end.id} ${end.port}`,
    group: "",
    refused: end.why,
    row: (
      <span className="cw-end">
        <span>
          {end.id} <small>{end.port}</small>
        </span>
        {end.why && <small className="cw-why">{end.why}</small>}
      </span>
    ),
  }));
  return (
    <Dialog label={`Wire ${node} to`} x={x} y={y} close={close}>
      <p className="cw-popup-title">Wire {node} to</p>
      <ChoiceList
        label={`Wire ${node} to`}
        placeholder="Search nodes of this flow"
        query={query}
        setQuery={setQuery}
        choices={choices}
        focus
        empty="No node is called that."
        leave={close}
        take={(id) => {
          const [target = "", port = ""] = id.split(" ");
          connectNodes(store, node, target, port);
          close();
        }}
      />
    </Dialog>
  );
}

export function FindNode({ context, close }: { context: Context; close: () => void }) {
  const store = useEditor();
  const [query, setQuery] = useState("");
  const nodes = found(store.graph.nodes ?? [], query, (node) => [node.id, store.kinds.get(node.kind)?.title ?? node.kind, JSON.stringify(node.settings ?? {})]);
  const choices: Choice[] = nodes.map((node) => ({
    id: node.id,
    group: "",
    row: (
      <span className="cw-end">
        <span>{node.id}</span>
        <small>{store.kinds.get(node.kind)?.title ?? node.kind}</small>
      </span>
    ),
  }));
  return (
    <Dialog label="Find a node" close={close}>
      <p className="cw-popup-title">Find a node</p>
      <ChoiceList
        label="Find a node"
        placeholder="Name, type or setting"
        query={query}
        setQuery={setQuery}
        choices={choices}
        focus
        empty="No node is like that."
        leave={close}
        take={(id) => {
          close();
          store.select([id]);
          context.stage.reveal(id);
        }}
      />
    </Dialog>
  );
}
