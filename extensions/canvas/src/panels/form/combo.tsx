/** A text input that offers what could be meant; anything else can be typed as well. */

import { useId, useRef, useState, type KeyboardEvent } from "react";

import { Offers } from "./offers";

export interface Offer {
  value: string;
  detail?: string;
}

export interface ComboProps {
  id?: string;
  label: string;
  value: string;
  offers: Offer[];
  placeholder?: string | undefined;
  disabled?: boolean | undefined;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  /** Whether the list stays open after a choice, as in a list of chips. */
  picks?: boolean;
  /** Whether a choice is only the way to the next one, as a folder is; then the list stays open too. */
  goesOn?: (value: string) => boolean;
  onChange: (value: string) => void;
  onPick?: (value: string) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
}

/** Those that begin with what was typed, then those that hold it. */
export function fitting(offers: readonly Offer[], typed: string): Offer[] {
  const low = typed.toLowerCase();
  const starts = offers.filter((offer) => offer.value.toLowerCase().startsWith(low));
  return [...starts, ...offers.filter((offer) => !starts.includes(offer) && offer.value.toLowerCase().includes(low))];
}

export function Combo(props: ComboProps) {
  const { value, offers, onChange, onPick } = props;
  const [open, setOpen] = useState(false);
  const [typing, setTyping] = useState(false);
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const own = useId();
  // A name that was chosen before is no search for it: all others are offered too.
  const shown = typing ? fitting(offers, value) : offers;
  const visible = open && shown.length > 0 && !props.disabled;
  const pick = (offer: Offer): void => {
    (onPick ?? onChange)(offer.value);
    const goesOn = props.goesOn?.(offer.value) ?? false;
    setTyping(goesOn);
    setAt(-1);
    setOpen((props.picks ?? false) || goesOn);
  };
  const keys = (event: KeyboardEvent<HTMLInputElement>): void => {
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey && offers.length > 0) {
      setOpen(true);
      setAt((now) => (now + (event.key === "ArrowDown" ? 1 : now < 0 ? 0 : -1) + shown.length) % Math.max(1, shown.length));
      event.preventDefault();
    } else if (event.key === "Enter" && visible && shown[at]) {
      pick(shown[at]);
      event.preventDefault();
    } else if (event.key === "Escape" && visible) {
      setOpen(false);
      event.stopPropagation();
    } else props.onKeyDown?.(event);
  };
  return (
    <span className="cw-combo">
      <input
        ref={input}
        className="cw-field-input"
        type="text"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        id={props.id}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        aria-expanded={visible}
        aria-controls={visible ? own : undefined}
        aria-autocomplete="list"
        aria-activedescendant={visible && at >= 0 ? `${own}-${at}` : undefined}
        disabled={props.disabled}
        placeholder={props.placeholder}
        value={value}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onBlur={() => {
          setOpen(false);
          setTyping(false);
          setAt(-1);
        }}
        onChange={(event) => {
          setTyping(true);
          setOpen(true);
          setAt(-1);
          onChange(event.target.value);
        }}
        onKeyDown={keys}
      />
      {visible && <Offers id={own} anchor={input} label={props.label} offers={shown} at={at} pick={pick} />}
    </span>
  );
}
