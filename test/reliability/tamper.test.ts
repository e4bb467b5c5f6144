import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyTrail } from "../../src/cli/verify/verify-trail.js";
import type { Finding } from "../../src/domain/verify/findings.js";
import { createDatabase, type Database } from "../../src/postgres/connection/database.js";
import { createVerifySource } from "../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { writeLives } from "../support/reliability/many-lives.js";
import { progress, report } from "../support/reliability/report.js";
import { dice as newDice, say, sizeOf } from "../support/reliability/seed.js";
import { readStored, type StoredTrail, sourceOf } from "../support/reliability/stored-trail.js";
import { verifiedAfter } from "../support/reliability/superuser.js";
import { TAMPERINGS, type Tamper } from "../support/reliability/tampering.js";

const ENTRIES = sizeOf("ENTRIES", 30);
/** Number of random manipulations at each position; all of them in the short form. */
const EACH_POSITION = sizeOf("HANDS", Object.keys(TAMPERINGS).length);
/** Number of manipulations that are also made in the database. */
const IN_DATABASE = sizeOf("IN_DATABASE", 12);
const dice = newDice("tamper");

let database: TestDatabase;
let db: Database;
let honest: StoredTrail;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase({ url: database.appUrl, max: 2, applicationName: "tamper-test" });
  const redacted = await writeLives(createLedger(db, { deadlineMs: 10_000 }), dice, ENTRIES);
  honest = await readStored(createVerifySource(db), redacted);
});
afterAll(async () => {
  await db.end();
  await database.drop();
});

/** What detects the manipulation: the database alone, a head that was kept before, or neither. */
async function shownBy(trail: StoredTrail): Promise<"verify" | "checkpoint" | "later"> {
  const kept = { seq: honest.entries.length, head: Buffer.from(honest.head.hash).toString("hex").slice(0, 24) };
  const source = sourceOf(trail);
  const alone = await verifyTrail({ source });
  if (alone.findings.length > 0) return "verify";
  expect(alone.cannotFind[0]).toMatch(/^No checkpoint was given: .*cut-off end.*rewritten.*made up.*older backup/);
  const { findings, cannotFind } = await verifyTrail({ source, checkpoints: [kept] });
  if (findings.length > 0) return "checkpoint";
  expect(cannotFind[0]).toMatch(new RegExp(`of entry ${kept.seq}: after it, .*entries made up and added`));
  return "later";
}

function someTamperings(): [string, Tamper][] {
  const all = Object.entries(TAMPERINGS).map((entry) => ({ entry, at: dice.next() }));
  return all
    .sort((a, b) => a.at - b.at)
    .slice(0, EACH_POSITION)
    .map(({ entry }) => entry);
}

interface Tally {
  tried: number;
  byVerify: number;
  byCheckpoint: number;
  /** Entries that were added after the checkpoint and violate no rule, so nothing that was kept before detects them. */
  added: number;
  readonly missed: string[];
  /** Detected by something else than expected. */
  readonly otherwise: string[];
}

test("the trail verifies before anyone tampers with it, in the database and in memory", async () => {
  expect((await verifyTrail({ source: createVerifySource(db) })).findings).toEqual([]);
  expect((await verifyTrail({ source: sourceOf(honest) })).findings).toEqual([]);
  expect(honest.entries.length).toBeGreaterThanOrEqual(ENTRIES);
});

describe(`At every position of a trail of ${ENTRIES} entries`, () => {
  const tallies = new Map<string, Tally>();

  test(
    "verify detects every manipulation, or says that it cannot, and then a checkpoint detects it",
    async () => {
      const { length } = honest.entries;
      for (let index = 0; index < length; index += 1) {
        for (const [name, tamper] of someTamperings()) {
          const tampering = tamper(honest, index, dice.below(length));
          if (tampering === null) continue;
          const tally = tallies.get(name) ?? {
            tried: 0,
            byVerify: 0,
            byCheckpoint: 0,
            added: 0,
            missed: [],
            otherwise: [],
          };
          tallies.set(name, tally);
          tally.tried += 1;
          const outcome = await shownBy(tampering.trail);
          if (outcome !== tampering.shown) tally.otherwise.push(`${index + 1} by ${outcome}`);
          if (outcome === "verify") tally.byVerify += 1;
          else if (outcome === "checkpoint") tally.byCheckpoint += 1;
          else if (tampering.shown === "later") tally.added += 1;
          else tally.missed.push(`${index + 1}`);
        }
        if (index % 20 === 0) progress("positions", index, length);
      }
      const all = [...tallies.values()];
      const sum = (of: (tally: Tally) => number) => all.reduce((total, tally) => total + of(tally), 0);
      for (const [name, { tried, byVerify, byCheckpoint, added, missed }] of tallies)
        say(
          "tamper",
          `${name}: ${tried} tried, ${byVerify} by verify, ${byCheckpoint} by a checkpoint, ${added} by a later one alone, ${missed.length} missed`,
        );
      report("tamper", {
        what: `edits, swaps, cuts, forgeries and replays at every one of ${length} positions`,
        times: sum(({ tried }) => tried),
        seed: dice.seed,
        lost: sum(({ missed }) => missed.length),
        doubled: 0,
        stuck: 0,
        slowestMs: null,
        more: {
          "found by verify": sum(({ byVerify }) => byVerify),
          "found by an outside checkpoint only": sum(({ byCheckpoint }) => byCheckpoint),
          "added after the checkpoint and found by nothing": sum(({ added }) => added),
        },
      });
      expect(namesWith(({ missed }) => missed)).toEqual({});
      expect(namesWith(({ otherwise }) => otherwise)).toEqual({});
    },
    60_000 + ENTRIES * 1_500,
  );

  test("only these manipulations need a checkpoint, and only forged entries that were appended after it need a later one", () => {
    const namesOf = (count: (tally: Tally) => number) =>
      [...tallies].flatMap(([name, tally]) => (count(tally) > 0 ? [name] : []));
    const names = namesOf(({ byCheckpoint }) => byCheckpoint);
    const added = [
      "a forged line of the log, all later entries rehashed",
      "a row replayed at the end under a new command",
    ];
    expect(namesOf(({ added: times }) => times).filter((name) => !added.includes(name))).toEqual([]);
    const allowed = [
      "a cut tail, the head and the tables moved with it",
      "a forged line of the log, all later entries rehashed",
      "a removed row, all later entries rehashed",
      "a restored backup",
      "an edited body, all later entries rehashed",
      "rows swapped with the next, all later entries rehashed",
    ];
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  /** The positions by manipulation, without empty lists. */
  function namesWith(positions: (tally: Tally) => readonly string[]): Record<string, readonly string[]> {
    return Object.fromEntries(
      [...tallies].flatMap(([name, tally]) => (positions(tally).length > 0 ? [[name, positions(tally)]] : [])),
    );
  }
});

describe(`${IN_DATABASE} manipulations by a superuser in the database`, () => {
  /** Without findings about tables: the database may return two entries with the same version in either order. */
  const plain = (findings: readonly Finding[]) =>
    findings.flatMap(({ seq, kind }) => (kind === "projection" ? [] : [`${kind} ${seq}`])).sort();

  test("are detected as they are in memory", async () => {
    const done: string[] = [];
    while (done.length < IN_DATABASE) {
      const index = dice.below(honest.entries.length);
      const [name, tamper] = someTamperings()[0] ?? [];
      const tampering = tamper?.(honest, index, dice.below(honest.entries.length)) ?? null;
      if (name === undefined || tampering === null) continue;
      // The tables stay unchanged here; in memory they were made consistent.
      const { entries, head } = tampering.trail;
      const inMemory = await verifyTrail({ source: sourceOf({ ...honest, entries, head }) });
      const inDatabase = await verifiedAfter(database.adminUrl, db, tampering.trail);
      expect(plain(inDatabase.findings), `${name} at entry ${index + 1}`).toEqual(plain(inMemory.findings));
      done.push(name);
    }
    say("tamper", `played in the database too: ${done.join("; ")}`);
    expect((await verifyTrail({ source: createVerifySource(db) })).findings).toEqual([]);
  }, 120_000);
});
