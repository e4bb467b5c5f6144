import type { STAGES } from "../review/facts.js";

/**
 * Who was told what of that which waits, in the stream `system`. A `slot` is the planned moment (ISO 8601, UTC): for one
 * receiver and slot there is one message, however many things it names.
 */
export type NoticeFact =
  /** A direct message to each of `users`; `role` is the role they were addressed by, `null` for the owner of an action. */
  | {
      readonly type: "nudge.addressed";
      readonly slot: string;
      readonly role: string | null;
      readonly users: readonly string[];
    }
  /** What is overdue was named in the channel. */
  | { readonly type: "overdue.told"; readonly slot: string; readonly channel: string }
  | { readonly type: "digest.told"; readonly slot: string; readonly channel: string }
  /** A path whose rehearsal is due, or was. */
  | {
      readonly type: "drill.reminded";
      readonly path: string;
      readonly slot: string;
      readonly stage: (typeof STAGES)[number];
      readonly role: string;
    }
  | { readonly type: "drill.overdue"; readonly path: string; readonly slot: string };
