import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAST } from "../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { taken } from "../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { prepareWork, type Step, type Work } from "./commits/work.js";
import { fill } from "./scale/fill.js";
import { explainAll } from "./scale/plans.js";
import { peopleTheBench } from "./support/bots.js";
import { openSeam, type Seam } from "./support/core.js";
import { progress, report } from "./support/figures.js";
import { alternate, ms, pooled, type Turn, times } from "./support/rounds.js";
import { rounds, sizeOf } from "./support/sizes.js";
import { byWriters } from "./support/writers.js";

const PART = "scale";
const SMALL = 1_000;
const LARGE = sizeOf("ENTRIES", 1_000_000);
const TURN_MS = sizeOf("SCALE_MS", 400);
/** Open bypasses, in the short trail as in the long one. */
const OPEN = 20;
/** Rows that wait in the outbox at the start of each turn of claims, at least. */
const EFFECTS_A_TURN = 200;

interface Side {
  readonly seam: Seam;
  readonly database: TestDatabase;
  readonly bypasses: number;
  readonly work: Work;
  /** Rows of the outbox that wait, in the order in which they may be claimed. */
  readonly effects: string[];
}

let slack: SlackDouble;
let small: Side;
let large: Side;

async function side(entries: number): Promise<Side> {
  const began = performance.now();
  const database = await createTestDatabase();
  const seam = await openSeam(database.appUrl, slack);
  const { bypasses } = await fill(seam, database.adminUrl, entries);
  const work = await prepareWork(seam.core.ledger, OPEN);
  progress(
    PART,
    `${entries} entries, ${bypasses} bypasses: filled in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  return { seam, database, bypasses, work, effects: [] };
}

beforeAll(async () => {
  slack = await createSlackDouble();
  peopleTheBench(slack);
  small = await side(SMALL);
  large = await side(LARGE);
}, 900_000);

afterAll(async () => {
  for (const each of [small, large]) {
    await each?.seam.database.end();
    await each?.database.drop();
  }
  await slack?.stop();
});

/** Repeats a query for the length of a turn, one at a time. */
const repeat = (ask: () => Promise<unknown>): Promise<Turn> =>
  byWriters(
    1,
    TURN_MS,
    () => ask,
    async (query) => void (await query()),
  );

/** Log lines of the open bypasses, one bypass after the other. */
const logLinesOf = (work: Work, each: number): IterableIterator<Step> => work.logLines(each).flat()[Symbol.iterator]();

/** Commits a log line; its effect waits in the outbox. */
async function commitStep({ seam, effects }: Side, { item, done }: Step): Promise<void> {
  const committed = taken(await seam.core.ledger.commit(item));
  effects.push(...committed.effects.map(({ id }) => id));
  done();
}

const REVIEWS_OF_NOOR = [["on-call-lead"], { person: "noor", accounts: [CAST.noor] }] as const;

const OPERATIONS: Readonly<Record<string, (of: Side) => Promise<Turn>>> = {
  commit: (on) => {
    const steps = logLinesOf(on.work, Math.ceil(TURN_MS / 4));
    return byWriters(
      1,
      TURN_MS,
      () => steps.next().value,
      (step) => commitStep(on, step),
    );
  },
  "stats: the readings of all gates": ({ seam }) => repeat(() => seam.breakglass.readings({ user: CAST.priya })),
  "queries.followUps": ({ seam }) => repeat(() => seam.core.queries.followUps(200)),
  // 50: both databases hold that many. 200: the most that a reminder reads; the short trail holds about half of them.
  "queries.reviewsOf, 50": ({ seam }) => repeat(() => seam.core.queries.reviewsOf(...REVIEWS_OF_NOOR, 50)),
  "queries.reviewsOf, 200": ({ seam }) => repeat(() => seam.core.queries.reviewsOf(...REVIEWS_OF_NOOR, 200)),
  load: ({ seam, bypasses }) => repeat(() => seam.core.ledger.load(1 + randomInt(bypasses))),
  "queries.record": ({ seam, bypasses }) => repeat(() => seam.core.queries.record(1 + randomInt(bypasses))),
  "queries.open": ({ seam }) => repeat(() => seam.core.queries.open(50)),
  "queries.due": ({ seam }) => repeat(() => seam.core.queries.due(200)),
  "outbox claim, finish": async (on) => {
    const { seam, work, effects } = on;
    // Refilled before each turn, outside the measured time: the turns of "commit" may leave fewer rows than these turns
    // use.
    for (const step of logLinesOf(work, Math.ceil(EFFECTS_A_TURN / OPEN))) {
      if (effects.length >= EFFECTS_A_TURN) break;
      await commitStep(on, step);
    }
    return byWriters(
      1,
      TURN_MS,
      () => effects.shift(),
      async (id) => {
        if ((await seam.core.outbox.claim(id)) === null) throw new Error("A row that was due could not be claimed.");
        await seam.core.outbox.finish(id, {});
      },
    );
  },
  // Runs last: it leaves open requests behind.
  "commit of a declaration, a reminder pending for each bypass": ({ seam, work }) => {
    const steps = work
      .declarations(Math.ceil(TURN_MS / 4))
      .flat()
      [Symbol.iterator]();
    return byWriters(
      1,
      TURN_MS,
      () => steps.next().value,
      async ({ item }) => void taken(await seam.core.ledger.commit(item)),
    );
  },
};

describe(`latency at ${SMALL} and at ${LARGE} entries`, () => {
  test.each(Object.entries(OPERATIONS))("%s", async (name, take) => {
    const arms = await alternate(`${PART} ${name}`, rounds(5), {
      short: () => take(small),
      long: () => take(large),
      "short again": () => take(small),
    });
    const floor = pooled(arms.short, arms["short again"]);
    const ratio = arms.long.p50 / floor.p50;
    const most = name.includes("declaration") ? 1.25 : 1.5;
    await report({
      part: PART,
      what: `${name} at ${LARGE} entries, beside ${SMALL}`,
      target: `≤ ${most} × at p50`,
      measured: `p50 ${ms(arms.long.p50)} (${times(ratio)} of ${ms(floor.p50)}), p99 ${ms(arms.long.p99)} (of ${ms(floor.p99)})`,
      noise: `p50 ${times(arms["short again"].p50 / arms.short.p50)}, p99 ${times(arms["short again"].p99 / arms.short.p99)}`,
      verdict: ratio <= most ? "held" : "missed",
      bound: "a level or two more of each index, and pages that are not in memory",
    });
  });

  test("no plan reads a table that grows from end to end", async () => {
    const { statements, scans } = await explainAll(large.database);
    for (const scan of scans) progress(PART, `SEQ SCAN ${scan}`);
    expect(statements).toBeGreaterThan(100);
    await report({
      part: PART,
      what: `sequential scans of tables that grow, in ${statements} plans at ${LARGE} entries`,
      target: "none",
      measured: scans.length === 0 ? "none" : scans.join("; "),
      noise: null,
      verdict: scans.length === 0 ? "held" : "missed",
      bound: "-",
    });
  });
});
