import type { TextField } from "../domain/bypass/entries.js";
import type { PersonFacts } from "../domain/bypass/people.js";
import type { Redacted, Redaction, Who } from "./api.js";
import type { Core } from "./core.js";
import { readFacts } from "./facts.js";
import { handleCommand } from "./handle-command.js";

/** What people call one text may be stored as two: a target as typed, and the words that it is compared by. */
const FIELDS: Readonly<Record<Redaction["what"], readonly TextField[]>> = {
  reason: ["reason"],
  target: ["target_typed", "target_key"],
  line: ["line"],
  lesson: ["lesson"],
};

/**
 * Removes a text of a bypass for good: the entry stays, the chain verifies, and every message that showed the text is
 * drawn again. Only for holders of the policy's `rights.redact`; each removal is an entry of its own.
 */
export async function redact(core: Core, who: Who, redaction: Redaction, commandId: string): Promise<Redacted> {
  const by = await readFacts(core, who.user, core.policy.current().policy.rights.redact);
  let last: Redacted = { ok: false, refusal: { code: "no_such_text" } };
  for (const field of FIELDS[redaction.what]) {
    const done = await redactField(core, by, redaction, field, `${commandId}:${field}`);
    if (done === null) continue;
    if (!done.ok) return done;
    last = done;
  }
  return last;
}

/** `null` when the entry has no such text, or it is gone already and not by this command. */
async function redactField(
  core: Core,
  by: PersonFacts,
  { seq, why }: Redaction,
  field: TextField,
  commandId: string,
): Promise<Redacted | null> {
  const found = await core.queries.textAt(seq, field);
  if (found === null || found.n === null) return null;
  if (found.redacted) return (await core.ledger.known(commandId)) ? { ok: true, n: found.n } : null;
  const asked = {
    n: found.n,
    commandId,
    make: () => ({ type: "record_redaction", by, seq, field, why }) as const,
    redact: { seq, field },
  };
  const handled = await handleCommand(core, asked).catch(async (fault: unknown) => {
    // Somebody else may have removed the same text in between; then there is nothing left to do.
    if ((await core.queries.textAt(seq, field))?.redacted) return null;
    throw fault;
  });
  if (handled === null) return null;
  return handled.ok ? { ok: true, n: handled.n } : handled;
}
