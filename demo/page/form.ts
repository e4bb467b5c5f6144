import { useEffect, useRef, useState } from "react";
import type { OpenView } from "../workspace/contract.js";
import type { FieldState } from "./blocks/input.js";
import { type JsonObject, objectAt, objectsAt } from "./json.js";
import type { Value } from "./values.js";
import { useWorkspace } from "./workspace.js";

/** Typing is handed on when it pauses. */
const PAUSE_MS = 200;

interface Typed {
  readonly block: string;
  readonly action: string;
  readonly value: Value;
}

/** The fields of an open view: typed here, kept in the workspace, so that a reload in the middle loses nothing. */
export function useForm(view: OpenView) {
  const { act } = useWorkspace();
  const [typed, setTyped] = useState<readonly Typed[]>([]);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const unsent = useRef(new Map<string, Typed>());
  const sending = useRef<Promise<unknown>>(Promise.resolve());
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const typedIsKept = (): Promise<unknown> => {
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
    setProblems(({ [block]: _mended, ...others }) => others);
    unsent.current.set(`${block} ${action}`, field);
    window.clearTimeout(timer.current);
    // What the app is told of at once is told of at once.
    if (isTyping(view, block)) timer.current = window.setTimeout(() => void typedIsKept(), PAUSE_MS);
    else void typedIsKept();
  };

  const submit = async (): Promise<void> => {
    await typedIsKept();
    const done = await act({ do: "submit", view: view.id });
    setProblems(done.fields ?? {});
  };

  /** What stands in the workspace holds again, as somebody else has filled it in. */
  const forget = (): void => {
    setTyped([]);
    setProblems({});
  };

  return { fields: { values: merged(view.values, typed), set, problems }, typedIsKept, submit, forget };
}

/** What is typed here but not there yet is shown as it is here. */
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
