import { type Principal, personOfPrincipal } from "../../domain/decisions/principal.js";
import { decideRedaction, type RedactionRequest } from "../../domain/decisions/redaction.js";
import { type Refusal, refusalOf } from "../../domain/decisions/refusals.js";
import type { TextField } from "../../domain/events/catalogue/define.js";
import type { Notice } from "../../domain/notices/effects.js";
import { NotRecorded } from "../../lib/errors.js";
import type { Caller, Redacted, Redaction } from "../api.js";
import type { AppContext } from "../app-context.js";
import { type CommandRequest, handleCommand } from "../handle-command.js";
import { loadPrincipal } from "../people/load-principal.js";
import type { StoredAt } from "../ports/ports.js";
import { proveOrigins } from "../prove-origins.js";
import { recordRefusedAttempt, recordSystem } from "../record-system.js";

/** The stored fields of each text. A target is stored twice: as typed, and normalised for comparison. */
const FIELDS: Readonly<Record<Redaction["what"], readonly TextField[]>> = {
  reason: ["reason"],
  target: ["target_typed", "target_key"],
  line: ["line"],
  lesson: ["lesson"],
  origin: ["origin"],
};

/**
 * Removes a text of a bypass or of a gate's owner for good. The entry stays, the chain still verifies, and every
 * message that showed the text is rendered again. Only for holders of the policy's `rights.redact`; each removal is an
 * entry.
 */
export async function redact(
  context: AppContext,
  who: Caller,
  redaction: Redaction,
  commandId: string,
): Promise<Redacted> {
  const by = await loadPrincipal(context, who.user, context.policy.current().policy.rights.redact);
  let last: Redacted = { ok: false, refusal: { code: "no_such_text" } };
  for (const field of FIELDS[redaction.what]) {
    const command = { commandId: `${commandId}:${field}`, origin: who.origin };
    const done = await redactField(context, by, redaction, field, command).catch((fault: unknown) => {
      // One of two texts is gone already, so "nothing was changed" would not be true.
      throw last.ok && fault instanceof NotRecorded ? new NotRecorded("unknown", fault) : fault;
    });
    if (done === null) continue;
    if (!done.ok) return done;
    last = done;
  }
  return last;
}

/** Returns `null` when the entry has no such text, or when another command already removed it. */
async function redactField(
  context: AppContext,
  by: Principal,
  redaction: Redaction,
  field: TextField,
  command: Pick<CommandRequest, "commandId"> & Pick<Caller, "origin">,
): Promise<Redacted | null> {
  const { seq, what: _, ...typed } = redaction;
  const { commandId } = command;
  const found = await context.queries.textAt(seq, field);
  if (found === null) return null;
  const { n } = found;
  if (found.redacted) return (await context.ledger.known(commandId)) ? { ok: true, n } : null;
  const text = { seq, field };
  const make = (_now: Date, provenOrigins: readonly number[]) =>
    ({ type: "record_redaction", by, ...text, ...typed, provenOrigins }) as const;
  const handled = await (n === null
    ? redactOfGate(context, by, { ...typed, ...text }, found, command)
    : handleCommand(context, { ...command, n, make, redact: text })
  ).catch(async (fault: unknown) => {
    // Another command may have removed the same text in between; then nothing is left to do.
    if ((await context.queries.textAt(seq, field))?.redacted) return null;
    throw fault;
  });
  if (handled === null) return null;
  return handled.ok ? { ok: true, n } : handled;
}

/** Redacts a text that belongs to a gate and to no bypass, and renders the messages about the gate again. */
async function redactOfGate(
  context: AppContext,
  by: Principal,
  request: Omit<RedactionRequest, "provenOrigins">,
  { gate }: StoredAt,
  { commandId, origin }: Pick<CommandRequest, "commandId"> & Pick<Caller, "origin">,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }> {
  const { seq, field } = request;
  const origins = await proveOrigins(context, { seq, field });
  const decision = decideRedaction(context.policy.current().policy, by, { ...request, provenOrigins: origins.proven });
  if (!decision.ok) {
    await recordRefusedAttempt(context, by, "redact", decision.code, origin);
    const { ok: _, ...refusal } = decision;
    return { ok: false, refusal: { ...refusal, ...refusalOf(by, decision.code) } };
  }
  const effects: Notice[] = gate === null ? [] : [{ kind: "gate.update", ...gate }];
  const actor = personOfPrincipal(by);
  const recorded = await recordSystem(
    context,
    decision,
    actor,
    commandId,
    effects,
    { text: { seq, field }, origins: origins.all },
    origin,
  );
  context.wake.effects(recorded?.effects ?? []);
  return { ok: true };
}
