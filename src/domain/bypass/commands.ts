import type { AccountStatus, Principal } from "../decisions/principal.js";
import type { RedactionRequest } from "../decisions/redaction.js";
import type { WithTexts } from "../decisions/texts.js";
import type { SystemReason } from "../events/catalogue/bypass.js";
import type { PagerAction } from "../events/catalogue/delivery.js";
import type { ReviewCommand } from "../review/commands.js";

/** The declare modal as submitted: parsed, not validated. */
export interface Declaration extends WithTexts {
  readonly kind: "bypass" | "drill";
  readonly path: string;
  readonly gates: readonly string[];
  readonly target: string;
  readonly incident: string | null;
  readonly reason: string;
  /** As chosen in the modal, such as `60m`. */
  readonly duration: string;
  /** The number of the bypass that this one repeats (Break Glass Again), if any. */
  readonly again: number | null;
}

/** A command on one bypass. Its time is a separate argument of `decide`. */
export type BypassCommand =
  | {
      readonly type: "declare";
      readonly by: Principal;
      readonly declaration: Declaration;
      /** For a drill: when this person started the others of the last hour (ISO), oldest first. */
      readonly drills: readonly string[];
      readonly policyHash: string;
    }
  | {
      readonly type: "approve";
      readonly by: Principal;
      readonly policyHash: string;
      /** The requester's current account status; `null` when it could not be read. */
      readonly requester: AccountStatus | null;
    }
  | ({ readonly type: "deny"; readonly by: Principal; readonly reason: string } & WithTexts)
  | { readonly type: "withdraw"; readonly by: Principal }
  | {
      readonly type: "proceed_alone";
      readonly by: Principal;
      readonly typed: string;
      /**
       * When another person last said no to the same gate, for the same target or requester, within 24 h (ISO 8601);
       * `null` if nobody did.
       */
      readonly lastRejectedAt: string | null;
    }
  | { readonly type: "close"; readonly by: Principal }
  | ({ readonly type: "revoke"; readonly by: Principal; readonly reason: string } & WithTexts)
  | ({
      readonly type: "log";
      readonly by: Principal;
      readonly line: string;
      readonly via: "command" | "thread";
    } & WithTexts)
  | { readonly type: "end_by_system"; readonly why: SystemReason }
  /** Records whatever is due by now. Refused with `nothing_due`, and harmless, when nothing is. */
  | { readonly type: "tick" }
  | {
      readonly type: "address_page";
      readonly purpose: "page" | "ask";
      readonly role: string;
      readonly step: number | null;
      /** Whom to ask by direct message, in this order as far as there is room. */
      readonly users: readonly string[];
      /** Who of them is on call or listed in the policy: they are asked in any case. */
      readonly named: readonly string[];
      /** How many more accounts hold the role. */
      readonly others: number;
    }
  | {
      readonly type: "record_page";
      readonly step: number | null;
      readonly role: string | null;
      readonly user: string | null;
      readonly via: string;
      /** Why the page failed, as a code; `null` when it was delivered. */
      readonly failure: string | null;
    }
  | {
      readonly type: "record_notified";
      readonly action: PagerAction;
      readonly step: number | null;
      readonly via: string;
    }
  | { readonly type: "record_alert"; readonly posted: { readonly channel: string; readonly ts: string } }
  | { readonly type: "record_alert_failure"; readonly code: string }
  /** The message is gone from the channel. */
  | { readonly type: "record_alert_lost"; readonly at: { readonly channel: string; readonly ts: string } }
  /** Records that nobody can approve by the policy in force, or that somebody can again. */
  | { readonly type: "check_approvers"; readonly policyHash: string }
  | ({ readonly type: "record_redaction"; readonly by: Principal } & RedactionRequest)
  | ReviewCommand;

/** The command with type `T`. */
export type CommandOf<T extends BypassCommand["type"]> = Extract<BypassCommand, { type: T }>;
