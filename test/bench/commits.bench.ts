import { afterAll, beforeAll, describe, test } from "vitest";
import type { Database } from "../../src/postgres/connection/database.js";
import type { Ledger } from "../../src/usecases/ports/ports.js";
import { taken } from "../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { insertPlain, makePlainTable, plainRow } from "./commits/plain.js";
import { takeChainOut } from "./commits/unchained.js";
import { boundOfCommits } from "./commits/where-time-goes.js";
import { prepareWork, type Step, type Work } from "./commits/work.js";
import { builtDatabase } from "./support/built.js";
import { progress, report } from "./support/figures.js";
import { alternate, pooled, type Turn, times } from "./support/rounds.js";
import { rounds, sizeOf } from "./support/sizes.js";
import { byWriters } from "./support/writers.js";

const PART = "commits";
const WRITERS = 40;
/** The size of the bot's connection pool. */
const CONNECTIONS = 10;

const databases: TestDatabase[] = [];
const clients: Database[] = [];
let ours: { ledger: Ledger; work: Work; adminUrl: string };
let unchained: { ledgers: readonly Ledger[]; work: Work } | null = null;
let plain: Database;
let built: Awaited<ReturnType<typeof builtDatabase>>;

function connect(url: string, max: number): Database {
  const client = built.createDatabase({ url, max, applicationName: "breakglass bench" });
  clients.push(client);
  return client;
}

async function newDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  databases.push(database);
  return database;
}

beforeAll(async () => {
  built = await builtDatabase();
  const own = await newDatabase();
  await makePlainTable(own.adminUrl, own.appRole);
  plain = connect(own.appUrl, WRITERS);
  const ledger = built.createLedger(connect(own.appUrl, CONNECTIONS), { deadlineMs: 30_000 });
  ours = { ledger, work: await prepareWork(ledger, WRITERS), adminUrl: own.adminUrl };
  const other = await newDatabase();
  const { cut, missing } = await takeChainOut(other.adminUrl);
  if (missing.length > 0) {
    progress(PART, `the function without lock and hashes is left out, since its text has no ${missing.join("; ")}`);
    return;
  }
  progress(PART, `cut out of the function: ${cut.join("; ")}; numbers come from sequences`);
  // A ledger per writer, so that nothing is batched: one statement per commit, 40 at once.
  const floor = connect(other.appUrl, WRITERS);
  const ledgers = Array.from({ length: WRITERS }, () => built.createLedger(floor, { deadlineMs: 30_000 }));
  const [first] = ledgers;
  if (first !== undefined) unchained = { ledgers, work: await prepareWork(first, WRITERS) };
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all(databases.map((database) => database.drop()));
});

type Kind = "logLines" | "declarations";

const TURN_MS = sizeOf("COMMITS_MS", 1_000);
/** More than a writer can send in a turn. */
const EACH = Math.ceil(TURN_MS / 4);

const send = async (ledger: Ledger, { item, done }: Step): Promise<void> => {
  taken(await ledger.commit(item));
  done();
};

const batched = (kind: Kind) => (): Promise<Turn> => {
  const steps = ours.work[kind](EACH).map((own) => own[Symbol.iterator]());
  return byWriters(
    WRITERS,
    TURN_MS,
    (writer) => steps[writer]?.next().value,
    (step) => send(ours.ledger, step),
  );
};

const withoutChain =
  ({ ledgers, work }: NonNullable<typeof unchained>, kind: Kind) =>
  (): Promise<Turn> => {
    const steps = work[kind](EACH).map((own) => own[Symbol.iterator]());
    const next = (writer: number) => {
      const step: Step | undefined = steps[writer]?.next().value;
      return step && { step, ledger: ledgers[writer] ?? ours.ledger };
    };
    return byWriters(WRITERS, TURN_MS, next, ({ step, ledger }) => send(ledger, step));
  };

/** Inserts the bytes of items that are never committed, the same ones in each turn. */
const inserted = (kind: Kind) => {
  const rows = plainOnly[kind](64).map((own) => own.map(({ item }) => plainRow(item)));
  let count = 0;
  return (): Promise<Turn> =>
    byWriters(
      WRITERS,
      TURN_MS,
      (writer) => rows[writer]?.[count++ % 64],
      (row) => insertPlain(plain, row),
    );
};

/** Items that are only used as bytes, so that the versions of the real streams have no gaps. */
let plainOnly: Work;

describe("chained commits at 40 writers", () => {
  beforeAll(async () => {
    plainOnly = await prepareWork(ours.ledger, WRITERS);
  });

  test.each([
    { kind: "logLines", name: "a log line: one entry, a text, an origin, an effect", entries: 1, target: 0.5 },
    {
      kind: "declarations",
      name: "a declaration: two entries, two texts, an origin, three effects",
      entries: 2,
      target: null,
    },
  ] as const)("$name", async ({ kind, name, entries, target }) => {
    const arms = await alternate(PART, rounds(7), {
      plain: inserted(kind),
      ours: batched(kind),
      "without lock and hashes": unchained === null ? null : withoutChain(unchained, kind),
      "plain again": inserted(kind),
    });
    const floor = pooled(arms.plain, arms["plain again"]);
    const ratio = arms.ours.rate / floor.rate;
    const bare = arms["without lock and hashes"];
    const beside =
      bare === null
        ? ""
        : `; ${times(arms.ours.rate / bare.rate)} the same function without lock and hashes (${bare.rate.toFixed(0)}/s)`;
    await report({
      part: PART,
      what: name,
      target: target === null ? "-" : `≥ ${target} × plain single INSERTs`,
      measured: `${arms.ours.rate.toFixed(0)} commits/s (${(arms.ours.rate * entries).toFixed(0)} entries/s), p50 ${arms.ours.p50.toFixed(1)} p99 ${arms.ours.p99.toFixed(1)} ms; ${times(ratio)} plain INSERTs (${floor.rate.toFixed(0)}/s)${beside}`,
      noise: times(arms["plain again"].rate / arms.plain.rate),
      verdict: target === null ? "noted" : ratio >= target ? "held" : "missed",
      bound: await boundOfCommits(ours.adminUrl, batched(kind)),
    });
  });
});
