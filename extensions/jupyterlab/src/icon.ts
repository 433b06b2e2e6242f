/** The mark of Causeway, three nodes on a way; and that of its app, the same in a window. */

import { LabIcon } from '@jupyterlab/ui-components';

const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g class="jp-icon3" fill="#616161">
<circle cx="3" cy="11.5" r="2"/><circle cx="8" cy="4.5" r="2"/><circle cx="13" cy="11.5" r="2"/></g>
<path class="jp-icon-selectable" fill="none" stroke="#616161" stroke-width="1.3" d="M4.2 9.8 6.8 6.2M9.2 6.2l2.6 3.6M5 11.5h6"/></svg>`;

export const icon = new LabIcon({ name: 'causeway:mark', svgstr });

const windowed = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g class="jp-icon-selectable" fill="none" stroke="#616161" stroke-width="1.3">
<rect x="1.2" y="2.2" width="13.6" height="11.6" rx="1.6"/><path d="M1.5 5.4h13M5.3 5.6v8"/></g>
<path class="jp-icon-selectable" fill="none" stroke="#616161" stroke-width="1" d="m8 11 2-2.6 2 2.6z"/><g class="jp-icon3" fill="#616161">
<circle cx="8" cy="11.2" r="1.1"/><circle cx="10" cy="8.3" r="1.1"/><circle cx="12" cy="11.2" r="1.1"/></g></svg>`;

export const appIcon = new LabIcon({ name: 'causeway:app', svgstr: windowed });
