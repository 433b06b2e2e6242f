/** What needs a decision of the user, above the canvas until it is made. */

import { useEditor } from "../document/context";
import { Icon } from "./icons";

export function Notices() {
  const store = useEditor();
  if (store.notices.length === 0) return null;
  return (
    <div className="cw-notices" role="alert">
      {store.notices.map((notice) => (
        <div className="cw-notice" key={notice.id}>
          <Icon name="warning" />
          <span>{notice.text}</span>
          {notice.actions.map((action) => (
            <button
              key={action.label}
              type="button"
              className="cw-button"
              onClick={() => {
                if (!action.stays) store.dismiss(notice.id);
                action.run();
              }}
            >
              {action.label}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}
