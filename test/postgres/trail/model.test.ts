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

let ground: TestDatabase;
let dbs: Database[];
let cores: AppContext[];
let policy: Policy;
/** Milliseconds by which the database's clock was moved. It only ever grows: one trail holds all sequences. */
let ahead = 0;

beforeAll(async () => {
  ground = await createTestDatabase();
  dbs = ["one", "two"].map((name) => createDatabase({ url: ground.appUrl, max: 2, applicationName: `model-${name}` }));
  cores = dbs.map(coreOn);
});
afterAll(async () => {
  for (const db of dbs) await db.end();
  await ground.drop();
});

function coreOn(db: Database): AppContext {
  const options = { deadlineMs: 20_000 };
  const nothing = () => {};
  return {
    ledger: createLedger(db, options),
    queries: createQueries(db, options),
    outbox: createOutbox(db, options),
    policy: { current: () => ({ policy, hash: POLICY_HASH }) },
    // Who people are stands in the commands already.
    directory: { account: async () => null, group: async () => null, schedule: async () => null },
    pagers: [],
    wake: { effects: nothing, later: nothing, tick: nothing, followUp: nothing },
    random: { hex: (bytes) => "0".repeat(bytes * 2) },
    observer: { commit: nothing, refusal: nothing, delivery: nothing, alerted: nothing, paged: nothing },
    log: silentLog,
    inTurn: createInTurn(),
  };
}

const seen = { steps: 0, taken: 0, refused: 0, repeated: 0 };
let ids = 0;

test(
  `${RUNS} sequences on two instances do to the trail what they do to the model`,
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
      return make(now);
    },
  });
  const begins = declare({ duration: longest(policy) });
  const declared = await handleCommand(
    coreAt(false),
    request(() => begins, null),
  );
  if (!declared.ok) throw new Error(`The declaration was refused: ${JSON.stringify(declared)}`);
  const first = begin(policy, begins, at);
  const { world } = first;
  const effects: Effect[] = [...first.effects];
  for (const [move, making, second, again] of moves) {
    const command = making(policy);
    // Texts are redacted by another statement, which has tests of its own.
    if (command.type === "record_redaction") continue;
    await moveClock(world, move);
    const asked = request(() => command, declared.n);
    const real = await handleCommand(coreAt(second), asked);
    world.now = at;
    const step = ask(world, command);
    effects.push(...step.effects);
    expect(outcomeOf(real), JSON.stringify(command)).toEqual(
      step.decision.ok ? { ok: true, n: declared.n, duplicate: false } : { ok: false, refusal: step.decision.refusal },
    );
    seen.steps += 1;
    seen[step.decision.ok ? "taken" : "refused"] += 1;
    if (!again || !step.decision.ok) continue;
    // The same once more, on the other instance: nothing happens.
    const repeated = await handleCommand(coreAt(!second), asked);
    if (repeated.ok) expect(repeated).toEqual({ ok: true, n: declared.n, duplicate: true });
    else {
      expect(repeated.refusal.code).toBe("nothing_due");
      // Time goes on between the two: if the end came in between, asking has put it on record.
      world.now = at;
      effects.push(...ask(world, command).effects);
    }
    seen.repeated += 1;
  }
  const { entries } = await coreAt(true).ledger.load(declared.n);
  expect(entries).toEqual(world.entries);
  expect(await effectsOnRecord(declared.n)).toEqual(JSON.parse(JSON.stringify(effects)));
}

const coreAt = (second: boolean): AppContext => cores[second ? 1 : 0] ?? never();

function never(): never {
  throw new Error("There are two instances.");
}

/** What a caller sees of it. */
const outcomeOf = (handled: Handled): Handled => JSON.parse(JSON.stringify(handled));

/** Forward to the moment that is meant, and never back. */
async function moveClock({ state }: World, move: Move): Promise<void> {
  const now = Date.now() + ahead;
  const by = move.to === "later" ? Math.abs(move.ms) : momentOf(state, move.to) + move.ms - now;
  if (by <= 0) return;
  ahead += by;
  await moveDatabaseClock(ground.adminUrl, ahead);
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
