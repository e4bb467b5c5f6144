import { standingRefusal } from "../domain/bypass/decide/entitlement.js";
import type { TextField } from "../domain/bypass/entries.js";
import type { Refusal } from "../domain/bypass/refusals.js";
import type { Who } from "./api.js";
import type { Core } from "./core.js";
import { readFacts } from "./facts.js";
import { handleCommand } from "./handle-command.js";

export type Redacted = { readonly ok: true; readonly n: number } | { readonly ok: false; readonly refusal: Refusal };

/**
 * Removes one stored text of a bypass for good: the entry stays, the chain verifies, and every message that showed the
 * text is drawn again. Only for holders of the policy's `rights.redact`.
 */
export async function redact(
  core: Core,
  who: Who,
  text: { seq: number; field: TextField; why: string },
  commandId: string,
): Promise<Redacted> {
  const { redact: holders } = core.policy.current().policy.rights;
  const by = await readFacts(core, who.user, holders);
  const standing = standingRefusal(by);
  if (standing !== null) return { ok: false, refusal: { code: standing } };
  if (!("roles" in by) || by.roles.length === 0) return { ok: false, refusal: { code: "not_entitled" } };
  const found = await core.readings.textAt(text.seq, text.field);
  if (found === null || found.n === null || found.redacted) return { ok: false, refusal: { code: "no_such_text" } };
  const { seq, field, why } = text;
  const handled = await handleCommand(core, {
    n: found.n,
    commandId,
    make: () => ({ type: "record_redaction", by, seq, field, why }),
    redact: { seq, field },
  });
  return handled.ok ? { ok: true, n: handled.n } : handled;
}
