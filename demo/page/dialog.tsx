import { type ReactNode, useEffect, useId, useRef } from "react";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly small?: boolean;
  /** Shown beside the window where there is room. */
  readonly beside?: ReactNode;
}

/** The fields of a form. The first one has the focus when a window opens. */
const FIELD = "input, select, textarea";

/** A window over the page. The browser keeps the focus inside and restores it afterwards. */
export function Dialog({ title, onClose, children, small = false, beside }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element !== null && !element.open) element.showModal();
    // By default the browser would focus the button that closes the window.
    if (element !== null && !focusField(element)) element.querySelector<HTMLElement>("footer button")?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      className={small ? "dialog small" : "dialog"}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-window">
        <header className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="icon" aria-label="Close this window" onClick={onClose}>
            ✕
          </button>
        </header>
        {children}
      </div>
      {beside}
    </dialog>
  );
}

/** Focuses the field that the app asks for, or the first one. Returns `false` when there is none. */
export function focusField(within: HTMLElement): boolean {
  const field = within.querySelector<HTMLElement>("[data-focus-on-load]") ?? within.querySelector<HTMLElement>(FIELD);
  // Without scrolling, so that the text above the first field stays in view.
  field?.focus({ preventScroll: true });
  return field !== null;
}
