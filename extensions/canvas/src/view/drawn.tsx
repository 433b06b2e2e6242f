/** Draws notes and the frames of groups. */

import { NodeResizer, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";

import { useStore } from "../document/context";
import { updateGroup, updateNote } from "../document/drawn";
import type { FlowGroup } from "../types";
import { Fold } from "./box";
import type { FrameNode, NoteNode } from "./elements";
import { useUi } from "./ui";

function NoteView({ data, selected }: NodeProps<NoteNode>) {
  const store = useStore();
  const ui = useUi();
  const { note } = data;
  const editing = ui.editing === note.id && !store.outside.readonly;
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (editing) area.current?.focus();
  }, [editing]);
  return (
    <div className={selected ? "cw-note is-selected" : "cw-note"} data-color={note.color}>
      {selected && !store.outside.readonly && (
        <NodeResizer
          minWidth={120}
          minHeight={50}
          onResizeEnd={(_, { x, y, width, height }) => store.edit("Resize a note", (graph) => updateNote(graph, note.id, { position: [Math.round(x), Math.round(y)], size: [Math.round(width), Math.round(height)] }))}
        />
      )}
      {editing ? (
        <textarea
          ref={area}
          className="nodrag nowheel"
          aria-label="Text of the note"
          value={note.text}
          onChange={(event) => store.edit("Write a note", (graph) => updateNote(graph, note.id, { text: event.target.value }), `note ${note.id}`)}
          onBlur={() => ui.edit("")}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") event.currentTarget.closest<HTMLElement>(".cw-root")?.focus();
          }}
        />
      ) : (
        <div className="cw-note-text">{note.text || <i>Double-click to write</i>}</div>
      )}
    </div>
  );
}

function FrameView({ data, selected }: NodeProps<FrameNode>) {
  const store = useStore();
  const ui = useUi();
  const { group } = data;
  const editing = ui.editing === group.id && !store.outside.readonly;
  return (
    <div className={selected ? "cw-frame is-selected" : "cw-frame"}>
      <div className="cw-frame-title">
        <Fold group={group.id} title={group.title} folded={false} />
        {editing ? <Title group={group} done={() => ui.edit("")} /> : group.title || "Group"}
      </div>
    </div>
  );
}

function Title({ group, done }: { group: FlowGroup; done: () => void }) {
  const store = useStore();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <input
      ref={input}
      className="cw-input nodrag"
      aria-label="Title of the group"
      size={Math.max(14, group.title.length + 2)}
      value={group.title}
      onChange={(event) => store.edit("Rename a group", (graph) => updateGroup(graph, group.id, { title: event.target.value }), `title ${group.id}`)}
      onBlur={done}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape" || event.key === "Enter") event.currentTarget.closest<HTMLElement>(".cw-root")?.focus();
      }}
    />
  );
}

export const Note = memo(NoteView);
export const Frame = memo(FrameView);
