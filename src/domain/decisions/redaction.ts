import type { SystemEvent } from "../events/catalogue/catalogue.js";
import type { TextField } from "../events/catalogue/define.js";
import type { Policy } from "../policy/policy.js";
import type { Principal } from "./principal.js";
import type { RefusalCode } from "./refusals.js";
import { accountRefusal, holdsOne } from "./same-person.js";
import { checkText, type WithTexts } from "./texts.js";

/** The text to remove, by the position of its entry, and the reason as typed. */
export interface RedactionRequest extends WithTexts {
  readonly seq: number;
  readonly field: TextField;
  readonly why: string;
  /** The entries whose origins go with it and have been proven. */
  readonly provenOrigins: readonly number[];
}

type Redaction =
  | {
      readonly ok: true;
      readonly event: Extract<SystemEvent, { type: "text.redacted" }>;
      readonly texts: { readonly reason: string };
    }
  | { readonly ok: false; readonly code: RefusalCode; readonly secret?: string };

/** Decides on the redaction of one text, of a bypass or of a gate's owner, by the policy in force. */
export function decideRedaction(
  policy: Policy,
  by: Principal,
  { seq, field, why, provenOrigins, ...texts }: RedactionRequest,
): Redaction {
  const refused = accountRefusal(by) ?? (holdsOne(by, policy.rights.redact) ? null : "not_entitled");
  if (refused !== null) return { ok: false, code: refused };
  const reason = checkText(why, texts);
  if (!reason.ok) return reason;
  return {
    ok: true,
    event: { type: "text.redacted", seq, field, provenOrigins: [...provenOrigins] },
    texts: { reason: reason.text },
  };
}
