import { useEffect, useRef, useState } from "react";
import type { OpenView } from "../workspace/contract.js";
import type { FieldState } from "./blocks/input.js";
import { type JsonObject, objectAt, objectsAt } from "./json.js";
import type { Value } from "./values.js";
import { useWorkspace } from "./workspace.js";

/** Typed text is sent after a pause of this length. */
const PAUSE_MS = 200;

interface Typed {
  readonly block: string;
  readonly action: string;
  readonly value: Value;
}

/** The fields of an open view. The workspace keeps what is typed, so that a reload loses nothing. */
export function useForm(view: OpenView) {
  const { act } = useWorkspace();
  const [typed, setTyped] = useState<readonly Typed[]>([]);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const unsent = useRef(new Map<string, Typed>());
  const sending = useRef<Promise<unknown>>(Promise.resolve());
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const sendTyped = (): Promise<unknown> => {
    window.clearTimeout(timer.current);
    const fields = [...unsent.current.values()];
    unsent.current.clear();
    sending.current = fields.reduce(
      (before, { block, action, value }) =>
        before.then(() => act({ do: "fill", block, action, value: typeof value === "string" ? value : [...value] })),
      sending.current,
    );
    return sending.current;
  };

  const set: FieldState["set"] = (block, action, value) => {
    const field = { block, action, value };
    setTyped((before) => [...before.filter((one) => one.block !== block || one.action !== action), field]);
    setProblems(({ [block]: _fixed, ...others }) => others);
    unsent.current.set(`${block} ${action}`, field);
    window.clearTimeout(timer.current);
    // Only typing waits for a pause; every other change is sent at once.
    if (isTyping(view, block)) timer.current = window.setTimeout(() => void sendTyped(), PAUSE_MS);
    else void sendTyped();
  };

  const submit = async (): Promise<void> => {
    await sendTyped();
    const done = await act({ do: "submit", view: view.id });
    setProblems(done.fields ?? {});
  };

  /** Discards local input in favour of the workspace's values. */
  const forget = (): void => {
    setTyped([]);
    setProblems({});
  };

  return { fields: { values: merged(view.values, typed), set, problems }, sendTyped, submit, forget };
}

/** Overlays the workspace's values with local input that is not sent yet. */
function merged(values: JsonObject, typed: readonly Typed[]): JsonObject {
  const shown = { ...values };
  for (const { block, action, value } of typed) {
    const there = objectAt(shown, block);
    if (there[action] !== undefined) shown[block] = { ...there, [action]: { value } };
  }
  return shown;
}

function isTyping({ blocks }: OpenView, blockId: string): boolean {
  const block = objectsAt({ blocks }, "blocks").find((one) => one.block_id === blockId);
  return String(objectAt(block, "element").type).endsWith("_input");
}
