/** The list of what can be chosen, under an input that keeps the focus. */

import type { RefObject } from "react";

import type { Offer } from "./combo";
import { usePopup } from "./popup";

interface Props<T extends Offer> {
  id: string;
  anchor: RefObject<HTMLElement | null>;
  label: string;
  offers: readonly T[];
  at: number;
  pick: (offer: T) => void;
}

const intoView = (element: HTMLElement | null): void => element?.scrollIntoView?.({ block: "nearest" });

export function Offers<T extends Offer>({ id, anchor, label, offers, at, pick }: Props<T>) {
  const popup = usePopup<HTMLUListElement>(anchor, true);
  return (
    <ul ref={popup} popover="manual" className="cw-offers" role="listbox" id={id} aria-label={label}>
      {offers.map((offer, index) => (
        <li
          key={offer.value}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          ref={index === at ? intoView : undefined}
          onPointerDown={(event) => {
            // The input would lose the focus before the choice is made.
            event.preventDefault();
            pick(offer);
          }}
        >
          <span>{offer.value}</span>
          {offer.detail && <small>{offer.detail}</small>}
        </li>
      ))}
    </ul>
  );
}
