import { type ReactNode, useEffect, useId, useRef } from "react";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly small?: boolean;
  /** What stands beside the window where there is room. */
  readonly beside?: ReactNode;
}

/** What one fills in; the first of them has the keyboard when a window opens. */
const FIELD = "input, select, textarea";

/** A window over the page; the browser keeps the keyboard inside and gives it back afterwards. */
export function Dialog({ title, onClose, children, small = false, beside }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element !== null && !element.open) element.showModal();
    // Left to itself, the browser would choose the button that closes the window.
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

/** Puts the keyboard on the field that the app asks for, or on the first one; `false`: there is none. */
export function focusField(within: HTMLElement): boolean {
  const field = within.querySelector<HTMLElement>("[data-focus-on-load]") ?? within.querySelector<HTMLElement>(FIELD);
  // What stands above the first field is to be read first.
  field?.focus({ preventScroll: true });
  return field !== null;
}
