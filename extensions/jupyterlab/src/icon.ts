/** The mark of Causeway: three nodes on a way. */

import { LabIcon } from '@jupyterlab/ui-components';

const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g class="jp-icon3" fill="#616161">
<circle cx="3" cy="11.5" r="2"/><circle cx="8" cy="4.5" r="2"/><circle cx="13" cy="11.5" r="2"/></g>
<path class="jp-icon-selectable" fill="none" stroke="#616161" stroke-width="1.3" d="M4.2 9.8 6.8 6.2M9.2 6.2l2.6 3.6M5 11.5h6"/></svg>`;

export const icon = new LabIcon({ name: 'causeway:mark', svgstr });
