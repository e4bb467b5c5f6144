import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import { verifyTrail } from "../../../src/cli/verify/verify-trail.js";
import { nextDueAt } from "../../../src/domain/bypass/due.js";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import type { Bypass } from "../../../src/domain/bypass/state.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { createInTurn } from "../../../src/lib/in-turn.js";
import { silentLog } from "../../../src/lib/logger.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createOutbox } from "../../../src/postgres/outbox/outbox.js";
import { createQueries } from "../../../src/postgres/queries/queries.js";
import { createVerifySource } from "../../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { AppContext } from "../../../src/usecases/app-context.js";
import { type CommandRequest, type Handled, handleCommand } from "../../../src/usecases/handle-command.js";
import { newClaims } from "../../support/alive.js";
import { declare } from "../../support/domain/commands.js";
import {
  anyCommand,
  anyMove,
  anyPolicy,
  longest,
  type Making,
  type Move,
} from "../../support/domain/model-arbitraries.js";
import { ask, begin, type World } from "../../support/domain/model-world.js";
import { POLICY_HASH } from "../../support/domain/policies.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { progress, report } from "../../support/reliability/report.js";
import { dice, sizeOf } from "../../support/reliability/seed.js";

const RUNS = sizeOf("SEQUENCES", 25);
const { seed } = dice("model");

let testDatabase: TestDatabase;
let dbs: Database[];
let contexts: AppContext[];
let policy: Policy;
/** How far the database's clock was moved, in milliseconds. Only grows, because one trail holds all sequences. */
let ahead = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  dbs = ["one", "two"].map((name) =>
    createDatabase({ url: testDatabase.appUrl, max: 2, applicationName: `model-${name}` }),
  );
  contexts = dbs.map(contextOn);
});
afterAll(async () => {
  for (const db of dbs) await db.end();
  await testDatabase.drop();
});

function contextOn(db: Database): AppContext {
  const options = { deadlineMs: 20_000 };
  const nothing = () => {};
  return {
    ledger: createLedger(db, options),
    queries: createQueries(db, options),
    outbox: createOutbox(db, newClaims(), options),
    policy: { current: () => ({ policy, hash: POLICY_HASH }) },
    // The commands already carry who people are.
    directory: { account: async () => null, group: async () => null, schedule: async () => null },
    pagers: [],
    wake: { effects: nothing, later: nothing, tick: nothing, followUp: nothing },
    random: { hex: (bytes) => "0".repeat(bytes * 2) },
    observer: {
      commit: nothing,
      refusal: nothing,
      delivery: nothing,
      webhook: nothing,
      alerted: nothing,
      paged: nothing,
    },
    log: silentLog,
    readRequest: null,
    inTurn: createInTurn(),
  };
}

const seen = { steps: 0, taken: 0, refused: 0, repeated: 0 };
let ids = 0;

test(
  `${RUNS} sequences of commands on two instances change the trail as they change the model`,
  async () => {
    const steps = fc.array(fc.tuple(anyMove, anyCommand, fc.boolean(), fc.boolean()), {
      minLength: 5,
      maxLength: 40,
      size: "max",
    });
    let done = 0;
    await fc.assert(
      fc.asyncProperty(anyPolicy, steps, async (chosen, moves) => {
        await sequence(chosen, moves);
        progress("sequences", ++done, RUNS);
      }),
      { numRuns: RUNS, seed },
    );
    const [first] = dbs;
    const { findings, entries } = await verifyTrail({ source: createVerifySource(first ?? never()) });
    const wrong = findings.filter(({ kind }) => kind !== "violation");
    report("model", {
      what: "sequences of commands on two instances, compared with the pure model",
      times: RUNS,
      seed,
      lost: wrong.length,
      doubled: 0,
      stuck: 0,
      slowestMs: null,
      more: { ...seen, entries },
    });
    expect(findings).toEqual([]);
    expect(seen.taken).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  },
  120_000 + RUNS * 3_000,
);

async function sequence(chosen: Policy, moves: readonly (readonly [Move, Making, boolean, boolean])[]): Promise<void> {
  policy = chosen;
  let at = 0;
  const request = (make: CommandRequest["make"], n: number | null): CommandRequest => ({
    n,
    commandId: `model-${++ids}`,
    make: (now) => {
      at = now.getTime();
      return make(now, []);
    },
  });
  const begins = declare({ duration: longest(policy) });
  const declared = await handleCommand(
    contextAt(false),
    request(() => begins, null),
  );
  if (!declared.ok) throw new Error(`The declaration was refused: ${JSON.stringify(declared)}`);
  const first = begin(policy, begins, at);
  const { world } = first;
  const effects: Effect[] = [...first.effects];
  for (const [move, making, second, again] of moves) {
    const command = making(policy);
    // Redactions use another statement, which has its own tests.
    if (command.type === "record_redaction") continue;
    await moveClock(world, move);
    const asked = request(() => command, declared.n);
    const real = await handleCommand(contextAt(second), asked);
    world.now = at;
    const step = ask(world, command);
    effects.push(...step.effects);
    expect(outcomeOf(real), JSON.stringify(command)).toEqual(
      step.decision.ok ? { ok: true, n: declared.n, duplicate: false } : { ok: false, refusal: step.decision.refusal },
    );
    seen.steps += 1;
    seen[step.decision.ok ? "taken" : "refused"] += 1;
    if (!again || !step.decision.ok) continue;
    // Repeat the command on the other instance: nothing happens.
    const repeated = await handleCommand(contextAt(!second), asked);
    if (repeated.ok && repeated.duplicate) expect(repeated).toEqual({ ok: true, n: declared.n, duplicate: true });
    else {
      if (repeated.ok) expect(command.type).toBe("tick");
      else expect(repeated.refusal.code).toBe("nothing_due");
      // Time passes between the two: if the grant ended in between, the command recorded its end.
      world.now = at;
      effects.push(...ask(world, command).effects);
    }
    seen.repeated += 1;
  }
  const { entries } = await contextAt(true).ledger.load(declared.n);
  expect(entries).toEqual(world.entries);
  expect(await effectsOnRecord(declared.n)).toEqual(JSON.parse(JSON.stringify(effects)));
}

const contextAt = (second: boolean): AppContext => contexts[second ? 1 : 0] ?? never();

function never(): never {
  throw new Error("There are two instances.");
}

/** The result as a caller sees it. */
const outcomeOf = (handled: Handled): Handled => JSON.parse(JSON.stringify(handled));

/** Moves the clock forward to the move's time, never back. */
async function moveClock({ state }: World, move: Move): Promise<void> {
  const now = Date.now() + ahead;
  const by = move.to === "later" ? Math.abs(move.ms) : momentOf(state, move.to) + move.ms - now;
  if (by <= 0) return;
  ahead += by;
  await moveDatabaseClock(testDatabase.adminUrl, ahead);
}

function momentOf(state: Bypass, to: "due" | "end" | "alone"): number {
  const alone = Date.parse(state.declaredAt) + (state.ack.aloneAfterSeconds ?? 0) * 1000;
  if (to === "end") return "grant" in state ? Date.parse(state.grant.endsAt) : 0;
  return to === "alone" ? alone : (nextDueAt(state) ?? 0);
}

async function effectsOnRecord(n: number): Promise<unknown[]> {
  const [db] = dbs;
  const rows = await (db ?? never()).query<{ effect: unknown }>(
    (sql) => sql`SELECT effect FROM breakglass.outbox WHERE n = ${n} ORDER BY position`,
    { label: "effects" },
  );
  return rows.map(({ effect }) => effect);
}
