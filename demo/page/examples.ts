import { CAST } from "../cast.js";
import type { Act } from "../workspace/acts.js";
import type { OpenView, Snapshot } from "../workspace/contract.js";
import { type JsonObject, objectAt, textAt } from "./json.js";
import { workdayAfter } from "./times.js";
import { optionsOf, takesMany } from "./values.js";
import { zoneOf } from "./workspace.js";

/** An example value; `daysAhead` counts from the workspace's clock. */
type Example = string | { readonly daysAhead: number };
type Form = Readonly<Record<string, Example>>;

const DECLARATION: Form = {
  Gates: "e2e-suite",
  Target: "acme/payments-api#4821",
  Incident: "INC-219",
  Reason: "Production login is down. One-line config fix; smoke tests pass.",
};

const REVIEW: Form = {
  Verdict: "gate-at-fault",
  "Gates at Fault": "e2e-suite",
  "What Forced It": "slow",
  "The Skipped Check": "passed-later",
  "What We Learned":
    "The end-to-end suite is too slow to be waited for in an outage. The smoke tests would have caught this fault.",
  Action: "Run the smoke tests as a gate of their own, in three minutes",
  Owner: CAST.noor,
  Due: { daysAhead: 7 },
};

/** Example values of fields by label, for windows whose title begins with `title`. */
const FORMS: readonly (readonly [title: string, form: Form])[] = [
  ["Break Glass", DECLARATION],
  ["Start Drill", { ...DECLARATION, Reason: "A rehearsal: who is asked, and how fast does somebody answer?" }],
  ["Review REV-", REVIEW],
  ["Deny", { Reason: "A rollback is faster and needs no bypass. Roll back first." }],
  ["Revoke", { Reason: "The fix is out, so the gates can hold again." }],
  [
    "Add My View",
    { "My View": "I waited for the suite twice before I asked. The smoke tests told all there was to know." },
  ],
  ["Put Off", { Until: { daysAhead: 7 }, Reason: "The new test runners come next week." }],
  ["Drop Action", { Reason: "The suite is replaced, so this is not needed any more." }],
  ["Gate Changed", { Reason: "The suite runs in parallel now and takes eight minutes." }],
  ["Gate Retired", { Reason: "The smoke tests stand in its place." }],
];

/** The actions that fill in a form with its example, so that it can be submitted unchanged. */
export function exampleOf({ title, blocks }: OpenView, screen: Snapshot): readonly Act[] {
  const form = FORMS.find(([begins]) => title.startsWith(begins))?.[1] ?? {};
  return blocks.flatMap((block): Act[] => {
    const element = objectAt(block, "element");
    const example = form[textAt(block.label, "text") ?? ""];
    const [blockId, action] = [textAt(block, "block_id"), textAt(element, "action_id")];
    if (example === undefined || blockId === undefined || action === undefined) return [];
    const text =
      typeof example === "string" ? example : workdayAfter(screen.clock.now, example.daysAhead, zoneOf(screen));
    const value = offered(element, text);
    return [{ do: "fill", block: blockId, action, value: takesMany(element) ? [value] : value }];
  });
}

/** The example value if the list offers it, or else the list's first option. */
function offered(element: JsonObject, value: string): string {
  const options = optionsOf(element);
  return options.some((one) => one.value === value) ? value : (options[0]?.value ?? value);
}
