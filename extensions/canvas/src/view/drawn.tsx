/** Draws notes and the frames of groups. */

import { NodeResizer, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";

import { useStore } from "../document/context";
import { updateNote } from "../document/drawn";
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
  return (
    <div className={selected ? "cw-frame is-selected" : "cw-frame"}>
      <div className="cw-frame-title">
        <Fold group={data.group.id} title={data.group.title} folded={false} />
        {data.group.title || "Group"}
      </div>
    </div>
  );
}

export const Note = memo(NoteView);
export const Frame = memo(FrameView);
