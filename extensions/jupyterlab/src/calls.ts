/** Calls to the workbench through Jupyter's own server, under its login. */

import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

export interface About {
  version: string;
  /** Folder of the workspace. */
  workspace: string;
  /** Folder that the paths of documents are relative to. */
  root: string;
}

/** Call a tool; rejects with an Error whose message is a sentence for people, with a `code` for programs. */
export const call = <T = unknown>(tool: string, args: Record<string, unknown> = {}): Promise<T> =>
  ask<T>(URLExt.join('call', tool), { method: 'POST', body: JSON.stringify(args) });

let known: Promise<About> | undefined;

/** What the server says of itself; asked once. */
export function about(): Promise<About> {
  known ??= ask<About>('about', {}).catch(error => {
    known = undefined;
    throw error;
  });
  return known;
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const settings = ServerConnection.makeSettings();
  const response = await ServerConnection.makeRequest(URLExt.join(settings.baseUrl, 'causeway', path), init, settings);
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  let message = `${response.status} ${response.statusText}`;
  let code: string | undefined;
  try {
    const told = JSON.parse(text) as { message?: string; code?: string };
    message = told.message ?? message;
    code = told.code;
  } catch {
    // A proxy in between may answer with a page; its status says enough.
  }
  throw Object.assign(new Error(message), { code });
}

/** The address of the app behind Jupyter's proxy, with a query such as `incident=INC-1`. */
export const appUrl = (query = ''): string =>
  URLExt.join(PageConfig.getBaseUrl(), 'causeway-app/') + (query ? `?${query}` : '');
