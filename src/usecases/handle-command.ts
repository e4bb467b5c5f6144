import type { BypassCommand } from "../domain/bypass/commands.js";
import { decide } from "../domain/bypass/decide/decide.js";
import { nextDueAt } from "../domain/bypass/due.js";
import { effectsOf } from "../domain/bypass/effects-of.js";
import { evolve, fold } from "../domain/bypass/evolve.js";
import { pagersFor } from "../domain/bypass/pager-actions.js";
import type { BypassState } from "../domain/bypass/state.js";
import type { Decision } from "../domain/decisions/decision.js";
import type { Refusal } from "../domain/decisions/refusals.js";
import { sealEntry } from "../domain/events/body.js";
import type { Entry } from "../domain/events/entries.js";
import { type CommandOrigin, originOfRefusal, withOrigin } from "../domain/events/origin.js";
import { nextLookAt } from "../domain/review/follow-up.js";
import { webhooksOfBypass } from "../domain/webhooks/effects.js";
import { NotRecorded } from "../lib/errors.js";
import type { AppContext, CommitOutcome } from "./app-context.js";
import type { CommitItem, CommitResult, TextAddress } from "./ports/ports.js";
import { type OriginsGoing, proveOrigins } from "./prove-origins.js";
import { requestMark } from "./request-mark.js";

/** One command for one bypass. `n` is `null` for a declaration, which creates a bypass. */
export interface CommandRequest {
  readonly n: number | null;
  /** Idempotency key: a second request with the same id changes nothing. */
  readonly commandId: string;
  /**
   * Makes the command from the database's clock; called again after a conflict. Must not read from Slack: the commands
   * of one bypass wait for each other, so whatever Slack must be asked is read before. A redaction gets the entries whose
   * origins go with the text and were proven.
   */
  readonly make: (now: Date, provenOrigins: readonly number[]) => BypassCommand;
  /** Where the command of a person came from; absent for what Breakglass does by itself. */
  readonly origin?: CommandOrigin | null;
  /** Set for a redaction: the text that is removed in the statement that commits the entry. */
  readonly redact?: TextAddress;
}

/** The bypass that was changed, or the refusal. `duplicate`: the command was committed before. */
export type Handled =
  | { readonly ok: true; readonly n: number; readonly duplicate: boolean }
  | { readonly ok: false; readonly refusal: Refusal };

type Guard = Exclude<Extract<CommitResult, { ok: false }>["why"], "conflict" | "id_used" | "rejected">;

const REFUSED_BY_DATABASE: Record<Guard, Refusal> = {
  own_bypass: { code: "self_approval" },
  repeated_approval: { code: "already_approved" },
  already_settled: { code: "not_requested" },
};

const MAX_ATTEMPTS = 12;

/** A command as it was decided on this state, at this time. */
interface Attempt<D extends Decision = Decision> {
  readonly request: CommandRequest;
  readonly state: BypassState;
  readonly decision: D;
  readonly now: Date;
  readonly origins: OriginsGoing;
}

const NO_ORIGINS: OriginsGoing = { all: [], proven: [] };

/**
 * The only writer of bypasses: loads and folds, decides, commits in one statement. `record-system.ts` records what
 * belongs to no bypass. A command that loses a race is decided again on the new state. Throws {@link NotRecorded} when
 * the trail cannot be read or written.
 */
export function handleCommand(context: AppContext, request: CommandRequest): Promise<Handled> {
  return request.n === null
    ? runWithRetries(context, request)
    : context.inTurn(request.n, () => runWithRetries(context, request));
}

async function runWithRetries(context: AppContext, given: CommandRequest): Promise<Handled> {
  let request = given;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const { state, now } = await load(context, request.n);
    if (request.n !== null && state === null) return { ok: false, refusal: { code: "not_found" } };
    const origins = request.redact === undefined ? NO_ORIGINS : await proveOrigins(context, request.redact);
    const command = request.make(now, origins.proven);
    const decision = decide(context.policy.current().policy, state, command, now);
    if (!decision.ok) {
      const outcome = await handleRefusal(context, { request, state, decision, now, origins });
      if (outcome !== "retry") return outcome;
      continue;
    }
    const result = await commit(context, { request, state, decision, now, origins });
    if (result.ok) return { ok: true, n: numberOf(result), duplicate: result.duplicate };
    if (result.why === "rejected") throw new NotRecorded("not_recorded", new Error(result.detail ?? "rejected item"));
    if (result.why === "id_used") {
      // What was done under the id is not what is decided now, so the change stands for itself. Somebody may have used up
      // an id that can be guessed; this one cannot.
      request = { ...given, commandId: `${given.commandId}~${context.random.hex(12)}` };
      continue;
    }
    if (result.why !== "conflict") return { ok: false, refusal: REFUSED_BY_DATABASE[result.why] };
  }
  throw new NotRecorded(
    "not_recorded",
    new Error(`The bypass changed ${MAX_ATTEMPTS} times while one command was decided.`),
  );
}

async function load(context: AppContext, n: number | null): Promise<{ state: BypassState; now: Date }> {
  if (n === null) return { state: null, now: await context.ledger.now() };
  const { entries, now } = await context.ledger.load(n);
  return { state: fold(entries), now };
}

/** A refused command whose id is already committed is the same request delivered twice, and succeeds as a duplicate. */
async function handleRefusal(
  context: AppContext,
  attempt: Attempt<Extract<Decision, { ok: false }>>,
): Promise<Handled | "retry"> {
  const { request, decision } = attempt;
  if (request.n !== null && (await context.ledger.known(request.commandId)))
    return { ok: true, n: request.n, duplicate: true };
  if (decision.entries.length > 0) {
    const result = await commit(context, attempt);
    if (!result.ok && result.why === "conflict") return "retry";
    if (!result.ok) context.log.error("refusal.unrecorded", { bypass: request.n, why: result.why });
  }
  const { code } = decision.refusal;
  // The clock's question whether something is due is refused all the time.
  const level = code === "nothing_due" ? "debug" : "info";
  context.log[level]("refused", { bypass: request.n, code, request: requestMark(request.commandId) });
  context.observer.refusal(code);
  return { ok: false, refusal: decision.refusal };
}

/** Commits what was decided: the change, or the record of its refusal, which has an id of its own and removes no text. */
async function commit(context: AppContext, { request, state, decision, now, origins }: Attempt): Promise<CommitResult> {
  const commandId = decision.ok ? request.commandId : `${request.commandId}!`;
  const version = state?.version ?? 0;
  const entries: Entry[] = decision.entries.map(({ event, actor, at }, index) => ({
    event,
    actor,
    at,
    version: version + index + 1,
  }));
  const after = entries.reduce<BypassState>(evolve, state);
  if (after === null) throw new Error("A decision without entries may not be committed.");
  if (after.review === null) throw new Error("A bypass without a review may not be committed.");
  const { policy } = context.policy.current();
  const stream = { kind: "bypass", n: request.n } as const;
  const due = nextDueAt(after);
  const tickAt = due === null ? null : new Date(due);
  const followUpNext = nextLookAt(policy, after, now.toISOString());
  const origin = decision.ok ? (request.origin ?? null) : originOfRefusal(request.origin ?? null);
  const item: CommitItem = {
    commandId,
    stream,
    expectedVersion: version,
    entries: withOrigin(decision.entries, origin).map((entry, index) =>
      sealEntry(entry, { stream, version: version + index + 1, commandId, nonce: () => context.random.hex(16) }),
    ),
    nextDueAt: tickAt?.toISOString() ?? null,
    followUpAt: followUpNext,
    effects: [
      ...effectsOf(state, entries, pagersFor(policy, after, context.pagers)),
      ...webhooksOfBypass(policy.webhooks, entries),
    ],
    originShows: origin?.shows ?? [],
  };
  const result = await (decision.ok && request.redact
    ? context.ledger.redact(item, request.redact, origins.all)
    : context.ledger.commit(item));
  context.observer.commit(outcomeOf(result));
  if (!result.ok || result.duplicate) return result;
  context.wake.effects(result.effects.map((effect) => effect.id));
  if (tickAt !== null && result.n !== null) context.wake.tick(result.n, tickAt);
  if (followUpNext !== null && result.n !== null) context.wake.followUp(result.n, new Date(followUpNext));
  return result;
}

function numberOf({ n }: { readonly n: number | null }): number {
  if (n === null) throw new Error("A bypass was committed without a number.");
  return n;
}

function outcomeOf(result: CommitResult): CommitOutcome {
  if (result.ok) return result.duplicate ? "duplicate" : "committed";
  if (result.why === "id_used") return "rejected";
  return result.why === "conflict" || result.why === "rejected" ? result.why : "guarded";
}
