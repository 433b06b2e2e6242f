/** Stands in for the editor when it fails: says so, keeps the flow, and offers to copy it. */

import { Component, type ReactNode } from "react";

import type { EditorStore } from "../document/store";
import { remember } from "./memory";

interface Props {
  store: EditorStore;
  draftKey: string;
  children: ReactNode;
}

interface State {
  error: Error | null;
  copied: boolean;
}

export class Boundary extends Component<Props, State> {
  override state: State = { error: null, copied: false };

  static getDerivedStateFromError(error: Error): Partial<State> {
    return { error };
  }

  override componentDidCatch(): void {
    remember(`draft.${this.props.draftKey}`, { flow: this.props.store.flow, at: Date.now() });
  }

  override render(): ReactNode {
    const { error, copied } = this.state;
    const { store } = this.props;
    if (!error) return this.props.children;
    const text = JSON.stringify(store.flow, null, 2);
    return (
      <div className={`cw-root ${store.outside.theme === "dark" ? "is-dark" : "is-light"}`}>
        <div className="cw-failed" role="alert">
          <h2>The editor stopped</h2>
          <p>
            Nothing is lost: the flow is kept in this browser. What went wrong: <code>{error.message}</code>
          </p>
          <textarea readOnly aria-label="The flow as JSON" value={text} onFocus={(event) => event.target.select()} />
          <div className="cw-empty-end">
            <button type="button" className="cw-button is-main" onClick={() => this.setState({ error: null })}>
              Try again
            </button>
            <button type="button" className="cw-button" onClick={() => this.undo()} disabled={!store.history.undoable}>
              Take back the last change
            </button>
            <button type="button" className="cw-button" onClick={() => void navigator.clipboard?.writeText(text).then(() => this.setState({ copied: true }))}>
              {copied ? "Copied" : "Copy the flow"}
            </button>
          </div>
        </div>
      </div>
    );
  }

  private undo(): void {
    this.props.store.undo();
    this.setState({ error: null });
  }
}
