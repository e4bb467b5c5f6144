import { useEffect, useRef, useState } from "react";
import type { OpenView } from "../workspace/contract.js";
import { Blocks } from "./blocks/block.js";
import { Dialog, focusField } from "./dialog.js";
import { exampleOf } from "./examples.js";
import { useForm } from "./form.js";
import { GuideAside } from "./guide.js";
import { useWorkspace } from "./workspace.js";

/** The modal on top of the stack. */
export function Modal({ view }: { view: OpenView }) {
  const { act, screen } = useWorkspace();
  const form = useForm(view);
  const [sending, setSending] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const firstProblem = Object.keys(form.fields.problems)[0];
  useEffect(() => {
    if (firstProblem !== undefined) body.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
  }, [firstProblem]);

  const hasFields = view.blocks.some(({ type }) => type === "input");
  useEffect(() => {
    // A view may open without fields and get them in an update; then the first field takes the focus.
    if (hasFields && body.current !== null && !body.current.contains(document.activeElement)) focusField(body.current);
  }, [hasFields]);

  const close = async (): Promise<void> => {
    await form.sendTyped();
    await act({ do: "cancel", view: view.id });
  };
  const examples = exampleOf(view, screen);
  const fillIn = async (): Promise<void> => {
    await form.sendTyped();
    for (const example of examples) await act(example);
    form.forget();
  };
  const submit = async (): Promise<void> => {
    if (sending) return;
    setSending(true);
    await form.submit();
    setSending(false);
  };
  return (
    <Dialog title={view.title} onClose={() => void close()} beside={<GuideAside />}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div className="dialog-body" ref={body}>
          <Blocks
            blocks={view.blocks}
            surface={{
              fields: form.fields,
              press: async (block, action) => {
                await form.sendTyped();
                await act({ do: "press-in-view", view: view.id, block, action });
              },
            }}
          />
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button plain" onClick={() => void close()}>
            {view.close ?? "Cancel"}
          </button>
          {examples.length === 0 ? null : (
            <button type="button" className="button quiet" onClick={() => void fillIn()}>
              Fill In an Example
            </button>
          )}
          {view.submit === undefined ? null : (
            <button type="submit" className="button primary" aria-busy={sending}>
              {view.submit}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
