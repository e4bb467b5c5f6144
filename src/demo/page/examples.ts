import type { Act } from "../workspace/acts.js";
import type { OpenView } from "../workspace/contract.js";
import { objectAt, textAt } from "./json.js";

/** What goes well with the tale, by the labels of the fields. */
const EXAMPLES: Readonly<Record<string, string | readonly string[]>> = {
  Gates: ["e2e-suite"],
  Target: "acme/payments-api#4821",
  Incident: "INC-219",
  Reason: "Production login is down. One-line config fix; smoke tests pass.",
  Verdict: "justified",
  "What Forced It": "slow",
  "The Skipped Check": "passed-later",
  "What We Learned":
    "The end-to-end suite is too slow to be waited for in an outage. The smoke tests would have caught this fault.",
};

/** What fills in the fields of a form for which there is an example. */
export function exampleOf({ blocks }: OpenView): readonly Act[] {
  return blocks.flatMap((block): Act[] => {
    const label = textAt(block.label, "text") ?? "";
    const element = objectAt(block, "element");
    const example = EXAMPLES[label];
    const [blockId, action] = [textAt(block, "block_id"), textAt(element, "action_id")];
    if (example === undefined || blockId === undefined || action === undefined) return [];
    return [{ do: "fill", block: blockId, action, value: typeof example === "string" ? example : [...example] }];
  });
}
