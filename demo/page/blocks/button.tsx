import { useState } from "react";
import { Confirm } from "../confirm.js";
import { isObject, type JsonObject, textAt } from "../json.js";

/** Presses an element; resolves when the app has answered. */
export type Press = (block: string, action: string, option?: string) => Promise<void>;

/** A button, with its confirmation dialog where the app asks for one. */
export function Button({ block, element, press }: { block: JsonObject; element: JsonObject; press: Press }) {
  const [pressing, setPressing] = useState(false);
  const [asking, setAsking] = useState(false);
  const words = textAt(element.text, "text") ?? "";
  const go = async (): Promise<void> => {
    setAsking(false);
    setPressing(true);
    await press(textAt(block, "block_id") ?? "", textAt(element, "action_id") ?? "");
    setPressing(false);
  };
  return (
    <>
      <button
        type="button"
        className={`button ${textAt(element, "style") ?? "plain"}`}
        aria-label={labelled(textAt(element, "accessibility_label"), words)}
        aria-busy={pressing}
        onClick={() => {
          if (pressing) return;
          if (isObject(element.confirm)) setAsking(true);
          else void go();
        }}
      >
        {words}
      </button>
      {asking && isObject(element.confirm) ? (
        <Confirm of={element.confirm} onYes={() => void go()} onNo={() => setAsking(false)} />
      ) : null}
    </>
  );
}

/** The accessible name. It begins with the visible text, so that people who use voice control can press the button. */
function labelled(label: string | undefined, words: string): string | undefined {
  if (label === undefined) return undefined;
  return label.toLowerCase().includes(words.toLowerCase()) ? label : `${words}: ${label}`;
}
