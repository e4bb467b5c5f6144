import { bypassName, parseBypassName } from "../domain/events/names.js";
import { bypassOf, type CarriedBypass, type GateItemRef } from "../usecases/ports/bypass-ref.js";

/** The slash command. */
export const COMMAND = "/breakglass";

/** Views that people submit, by their `callback_id`. */
export const VIEWS = {
  declare: "declare",
  review: "review",
  deny: "deny_reason",
  revoke: "revoke_reason",
  proceedAlone: "proceed_alone",
  addView: "review_view",
  putOffReview: "review_put_off",
  dropAction: "action_drop",
  putOffAction: "action_put_off",
  gateChanged: "gate_changed",
  gateRetired: "gate_retired",
  putOffGate: "gate_put_off",
} as const;

/** The small forms: one text, sometimes a date. The declaration and the review have forms of their own. */
export type FormName = Exclude<keyof typeof VIEWS, "declare" | "review">;

/** What a click does: calls a use case at once, opens a small form, or runs the handler of that name in handlers.ts. */
export type ClickEffect =
  | { readonly act: "approve" | "withdraw" | "close" }
  | { readonly form: FormName }
  | {
      readonly run:
        | "declare"
        | "declareDrill"
        | "declareAgain"
        | "rerenderDeclare"
        | "writeReview"
        | "saveDraft"
        | "addReviewAction"
        | "endAction"
        | "nothing";
    };

interface ActionRow {
  /** `action_id` of the button or menu. */
  readonly id: string;
  readonly label: string;
  readonly style?: "primary" | "danger";
  /**
   * What its value identifies: a bypass and the version its message shows, an action of its review, an item of a gate, or
   * nothing.
   */
  readonly carries: "bypass" | "action" | "gate" | "nothing";
  /** Permission is checked at the click, by the account and roles at that time. */
  readonly does: ClickEffect;
}

/**
 * Every button, and the one menu that reports its changes. No button asks for confirmation: an action that cannot be
 * undone opens a form that asks for a reason. Only Approve and Break Glass have a colour, because each is the main action
 * where it appears. The labels are a contract: other programs find buttons by them.
 */
export const BUTTONS = {
  approve: {
    id: "bypass_approve",
    label: "Approve",
    style: "primary",
    carries: "bypass",
    does: { act: "approve" },
  },
  deny: { id: "bypass_deny", label: "Deny", carries: "bypass", does: { form: "deny" } },
  withdraw: {
    id: "bypass_withdraw",
    label: "Withdraw",
    carries: "bypass",
    does: { act: "withdraw" },
  },
  proceedAlone: {
    id: "bypass_proceed_alone",
    label: "Proceed Alone",
    carries: "bypass",
    does: { form: "proceedAlone" },
  },
  close: { id: "bypass_close", label: "Close", carries: "bypass", does: { act: "close" } },
  revoke: { id: "bypass_revoke", label: "Revoke", carries: "bypass", does: { form: "revoke" } },
  again: {
    id: "bypass_again",
    label: "Break Glass Again",
    carries: "bypass",
    does: { run: "declareAgain" },
  },
  writeReview: {
    id: "review_write",
    label: "Write Review",
    carries: "bypass",
    does: { run: "writeReview" },
  },
  amendReview: {
    id: "review_amend",
    label: "Amend Review",
    carries: "bypass",
    does: { run: "writeReview" },
  },
  addView: {
    id: "review_add_view",
    label: "Add My View",
    carries: "bypass",
    does: { form: "addView" },
  },
  putOffReview: {
    id: "review_put_off",
    label: "Put Off",
    carries: "bypass",
    does: { form: "putOffReview" },
  },
  saveDraft: {
    id: "review_keep_draft",
    label: "Save Draft",
    carries: "nothing",
    does: { run: "saveDraft" },
  },
  moreActions: {
    id: "review_more_actions",
    label: "Add Action",
    carries: "nothing",
    does: { run: "addReviewAction" },
  },
  actionDone: {
    id: "action_done",
    label: "Done",
    carries: "action",
    does: { run: "endAction" },
  },
  dropAction: {
    id: "action_drop",
    label: "Drop",
    carries: "action",
    does: { form: "dropAction" },
  },
  putOffAction: {
    id: "action_put_off",
    label: "Put Off",
    carries: "action",
    does: { form: "putOffAction" },
  },
  gateChanged: {
    id: "gate_changed",
    label: "Gate Changed",
    carries: "gate",
    does: { form: "gateChanged" },
  },
  gateRetired: {
    id: "gate_retired",
    label: "Gate Retired",
    carries: "gate",
    does: { form: "gateRetired" },
  },
  putOffGate: {
    id: "gate_put_off",
    label: "Put Off",
    carries: "gate",
    does: { form: "putOffGate" },
  },
  homeDeclare: {
    id: "home_declare",
    label: "Break Glass",
    style: "danger",
    carries: "nothing",
    does: { run: "declare" },
  },
  homeDrill: {
    id: "home_drill",
    label: "Start Drill",
    carries: "nothing",
    does: { run: "declareDrill" },
  },
  /** The path menu of the declare form. Gates and durations depend on the path. */
  declarePath: {
    id: "declare_path",
    label: "Path",
    carries: "nothing",
    does: { run: "rerenderDeclare" },
  },
  /** Slack sends a click for a link button too, and expects an answer. */
  link: { id: "link", label: "Open", carries: "nothing", does: { run: "nothing" } },
} as const satisfies Readonly<Record<string, ActionRow>>;

type Buttons = typeof BUTTONS;

type Carrying<What extends ActionRow["carries"]> = {
  [Name in keyof Buttons]: Buttons[Name]["carries"] extends What ? Name : never;
}[keyof Buttons];

/** Buttons about one bypass or its review. */
export type BypassButton = Carrying<"bypass">;

/** Buttons about one action of a review. */
export type ActionButton = Carrying<"action">;

/** Buttons about one gate. */
export type GateButton = Carrying<"gate">;

/** What the value of a button about a bypass or an action holds: a number, a version, and the hash of an entry. */
interface CarriedValue {
  readonly n: number;
  readonly version: number;
  readonly identity: string;
}

/**
 * The value of a button about a bypass: its name, the version that its message shows, and the hash of its declaration. That
 * of a button about an action has the version and the hash of the entry that opened the action. It never carries scope or
 * role.
 */
export function bypassValue({ n, version, identity }: CarriedValue): string {
  return `${bypassName(n)}@${version}#${identity}`;
}

function parseValue(value: string): CarriedValue | null {
  const [, name = "", digits = "", identity = ""] = /^([^@]+)@(\d{1,9})#([0-9a-f]{24})$/.exec(value) ?? [];
  const n = parseBypassName(name);
  if (n === null) return null;
  const carried = { n, version: Number(digits), identity };
  return value === bypassValue(carried) ? carried : null;
}

/** The bypass that a button is about. Returns `null` for a value that {@link bypassValue} did not make. */
export function parseBypassValue(value: string | null): CarriedBypass | null {
  const carried = value === null ? null : parseValue(value);
  return carried === null ? null : bypassOf(carried);
}

/** The action that a button is about, by the entry that opened it; `null` as for {@link parseBypassValue}. */
export function parseActionValue(value: string | null): CarriedBypass | null {
  const carried = value === null ? null : parseValue(value);
  return carried === null ? null : { n: carried.n, at: carried.version, identity: carried.identity };
}

/** The value of a button about a gate that needs fixing: the gate, the number of its item, and the item's identity. */
export const gateValue = ({ gate, item, identity }: GateItemRef): string => `${gate}@${item}#${identity}`;

/** Returns `null` for a value that {@link gateValue} did not make. */
export function parseGateValue(value: string): GateItemRef | null {
  const parts = /^([a-z0-9][a-zA-Z0-9._-]{0,62})@([1-9]\d{0,8})#([0-9a-f]{24})$/.exec(value);
  return parts === null ? null : { gate: parts[1] ?? "", item: Number(parts[2]), identity: parts[3] ?? "" };
}
