/** Small line drawings, one stroke width, in the colour of the text around them. */

import type { ReactNode } from "react";

const PATHS: Record<string, ReactNode> = {
  sources: <path d="M3 8h7M7 5l3 3-3 3M10 3h2.5a.5.5 0 0 1 .5.5v9a.5.5 0 0 1-.5.5H10" />,
  sinks: <path d="M6 8h7M10 5l3 3-3 3M6 3H3.5a.5.5 0 0 0-.5.5v9a.5.5 0 0 0 .5.5H6" />,
  tables: <path d="M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 6.5v6" />,
  windows: <path d="M2.5 12.5v-9M6.5 12.5v-5M10 12.5v-7M13.5 12.5v-9M2.5 12.5h11" />,
  text: <path d="M3 4h10M3 7h7M3 10h10M3 13h5" />,
  detectors: <path d="M2 9h3l1.5-5 3 8 1.5-3h3" />,
  parts: <path d="M2.5 5.5h5v5h-5zM10 3.5h3.5v3.5H10zM10 9h3.5v3.5H10zM7.5 8H10" />,
  other: <path d="M8 2.5l5 2.75v5.5L8 13.5l-5-2.75v-5.5zM3 5.25l5 2.75 5-2.75M8 8v5.5" />,
  undo: <path d="M5.5 3L3 5.5 5.5 8M3 5.5h6.5a3.5 3.5 0 0 1 0 7H6" />,
  redo: <path d="M10.5 3L13 5.5 10.5 8M13 5.5H6.5a3.5 3.5 0 0 0 0 7H10" />,
  tidy: <path d="M2.5 6h3.5v4H2.5zM10 2.5h3.5v4H10zM10 9.5h3.5v4H10zM6 8h2M8 4.5v7M8 4.5h2M8 11.5h2" />,
  fit: <path d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" />,
  search: <path d="M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l3.5 3.5" />,
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  note: <path d="M3 3h10v7l-3 3H3zM10 13v-3h3M5.5 6h5M5.5 8.5h3" />,
  group: <path d="M3 5V3h2M11 3h2v2M13 11v2h-2M5 13H3v-2M5.5 5.5h5v5h-5z" />,
  help: <path d="M6 6a2 2 0 1 1 2.8 1.8c-.6.3-.8.6-.8 1.200v.5M8 12v.01" />,
  star: <path d="M8 2.5l1.700 3.5 3.8.5-2.8 2.700.7 3.8L8 11.200 4.600 13l.7-3.8L2.5 6.5l3.8-.5z" />,
  map: <path d="M2.5 3.5h11v9h-11zM8.5 8.5h3v2h-3z" />,
  sidebar: <path d="M2.5 3.5h11v9h-11zM6 3.5v9" />,
  dock: <path d="M2.5 3.5h11v9h-11zM2.5 9.5h11" />,
  inspector: <path d="M2.5 3.5h11v9h-11zM10 3.5v9" />,
  chevron: <path d="M6 4l4 4-4 4" />,
  warning: <path d="M8 3l5.5 10h-11zM8 7v3M8 11.5v.01" />,
  error: <path d="M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5v3.5M8 11v.01" />,
  left: <path d="M3 2.5v11M5.5 4.5h7v2.5h-7zM5.5 9h4.5v2.5H5.5z" />,
  right: <path d="M13 2.5v11M3.5 4.5h7v2.5h-7zM6 9h4.5v2.5H6z" />,
  top: <path d="M2.5 3h11M4.5 5.5v7H7v-7zM9 5.5V10h2.500V5.5z" />,
  bottom: <path d="M2.5 13h11M4.5 3.5v7H7v-7zM9 6v4.500h2.500V6z" />,
  middle: <path d="M2.5 8h2M7 8h2M11.500 8h2M4.5 4v8H7V4zM9 5.500v5h2.500v-5z" />,
  across: <path d="M2.5 2.5v11M13.5 2.5v11M6.500 4.500h3v7h-3z" />,
  down: <path d="M2.5 2.5h11M2.5 13.5h11M4.500 6.500v3h7v-3z" />,
  pin: <path d="M6 2.5h4M6.500 2.500v4L4 9.500h8L9.500 6.500v-4M8 9.500v4" />,
  copy: <path d="M5.5 5.5h7v7h-7zM10.5 5.5v-2h-7v7h2" />,
  trash: <path d="M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 8.5h6l.5-8.5" />,
};

export function Icon({ name, size = 16 }: { name: string; size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round">
      {PATHS[name] ?? PATHS.other}
    </svg>
  );
}
