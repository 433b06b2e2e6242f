/** A text area whose coloured copy lies under it: grows with its text, and underlines what is wrong. */

import type { KeyboardEvent, Ref, SyntheticEvent } from "react";

import { marked, type Part } from "./highlight";

interface Props {
  id: string;
  label: string;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  disabled?: boolean | undefined;
  text: string;
  placeholder?: string;
  parts: Part[];
  mark: { start: number; end: number } | null;
  lines: number;
  area?: Ref<HTMLTextAreaElement>;
  /** What a combobox says of its list. */
  combo?: Record<string, string | boolean | undefined>;
  onChange: (text: string) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  onCaret?: (at: number) => void;
  onFocus?: () => void;
  onBlur?: () => void;
}

export function Overlaid(props: Props) {
  const { text, parts, mark } = props;
  // A place behind the last character is shown on it.
  const end = mark ? Math.max(mark.end, mark.start + 1) : 0;
  const start = mark ? Math.min(mark.start, Math.max(0, text.length - 1)) : 0;
  const shown = mark ? marked(parts, start, end) : parts.map((part) => ({ ...part, marked: false }));
  const caret = (event: SyntheticEvent<HTMLTextAreaElement>): void => props.onCaret?.(event.currentTarget.selectionStart);
  return (
    <div className={`cw-code ${props.invalid ? "is-wrong" : ""}`}>
      <pre aria-hidden="true">
        {shown.map((part, index) => (
          <span key={index} className={[part.tint && `is-${part.tint}`, part.marked && "is-marked"].filter(Boolean).join(" ") || undefined}>
            {part.text}
          </span>
        ))}
        {"\u200b"}
      </pre>
      <textarea
        ref={props.area}
        id={props.id}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        disabled={props.disabled}
        rows={props.lines}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        placeholder={props.placeholder}
        value={text}
        {...props.combo}
        onChange={(event) => {
          props.onChange(event.target.value);
          caret(event);
        }}
        onSelect={caret}
        onKeyDown={props.onKeyDown}
        onFocus={props.onFocus}
        onBlur={props.onBlur}
      />
    </div>
  );
}
