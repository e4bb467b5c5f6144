import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyTrail } from "../../src/cli/verify/verify-trail.js";
import type { Finding } from "../../src/domain/verify/verify.js";
import { createDatabase, type Database } from "../../src/postgres/connection/database.js";
import { createVerifySource } from "../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { writeLives } from "../support/reliability/many-lives.js";
import { progress, report } from "../support/reliability/report.js";
import { dice as newDice, say, sizeOf } from "../support/reliability/seed.js";
import { readStored, type StoredTrail, sourceOf } from "../support/reliability/stored-trail.js";
import { verifiedAfter } from "../support/reliability/superuser.js";
import { HANDS, type Hand } from "../support/reliability/tampering.js";

const ENTRIES = sizeOf("ENTRIES", 30);
/** How many hands are laid on each position, chosen by the dice; all of them in the short form. */
const HANDS_EACH = sizeOf("HANDS", Object.keys(HANDS).length);
/** How many of them are played in the database as well. */
const IN_DATABASE = sizeOf("IN_DATABASE", 12);
const dice = newDice("tamper");

let ground: TestDatabase;
let db: Database;
let honest: StoredTrail;

beforeAll(async () => {
  ground = await createTestDatabase();
  db = createDatabase({ url: ground.appUrl, max: 2, applicationName: "tamper-test" });
  const redacted = await writeLives(createLedger(db, { deadlineMs: 10_000 }), dice, ENTRIES);
  honest = await readStored(createVerifySource(db), redacted);
});
afterAll(async () => {
  await db.end();
  await ground.drop();
});

/** By a look at the database alone, by a head that was kept before, or by neither; what is not found is said. */
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

function someHands(): [string, Hand][] {
  const all = Object.entries(HANDS).map((entry) => ({ entry, at: dice.next() }));
  return all
    .sort((a, b) => a.at - b.at)
    .slice(0, HANDS_EACH)
    .map(({ entry }) => entry);
}

interface Tally {
  tried: number;
  byVerify: number;
  byCheckpoint: number;
  /** Added after the checkpoint, in keeping with every rule: nothing that was kept before tells. */
  added: number;
  readonly missed: string[];
  /** Came out by something else than it had to. */
  readonly otherwise: string[];
}

test("the trail that is tampered with is sound, in the database and in memory", async () => {
  expect((await verifyTrail({ source: createVerifySource(db) })).findings).toEqual([]);
  expect((await verifyTrail({ source: sourceOf(honest) })).findings).toEqual([]);
  expect(honest.entries.length).toBeGreaterThanOrEqual(ENTRIES);
});

describe(`at every position of a trail of ${ENTRIES} entries`, () => {
  const tallies = new Map<string, Tally>();

  test(
    "what is done by hand comes out, or verify says that it cannot find it and a checkpoint does",
    async () => {
      const { length } = honest.entries;
      for (let index = 0; index < length; index += 1) {
        for (const [name, hand] of someHands()) {
          const tampering = hand(honest, index, dice.below(length));
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

  test("only these need a checkpoint, and only entries made up and added after it need a later one", () => {
    const namesOf = (count: (tally: Tally) => number) =>
      [...tallies].flatMap(([name, tally]) => (count(tally) > 0 ? [name] : []));
    const names = namesOf(({ byCheckpoint }) => byCheckpoint);
    const added = [
      "a forged line of the log, all after it hashed anew",
      "a row replayed at the end under a new command",
    ];
    expect(namesOf(({ added: times }) => times).filter((name) => !added.includes(name))).toEqual([]);
    const allowed = [
      "a cut tail, the head and the tables moved with it",
      "a forged line of the log, all after it hashed anew",
      "a removed row, all after it hashed anew",
      "a restored backup",
      "an edited body, and all after it hashed anew",
      "rows swapped with the next, all after it hashed anew",
    ];
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  /** The positions in question, by what was done. */
  function namesWith(positions: (tally: Tally) => readonly string[]): Record<string, readonly string[]> {
    return Object.fromEntries(
      [...tallies].flatMap(([name, tally]) => (positions(tally).length > 0 ? [[name, positions(tally)]] : [])),
    );
  }
});

describe(`by the hands of a superuser in the database, ${IN_DATABASE} times`, () => {
  /** Without the tables: of two entries with one version it is open which the database gives first. */
  const plain = (findings: readonly Finding[]) =>
    findings.flatMap(({ seq, kind }) => (kind === "projection" ? [] : [`${kind} ${seq}`])).sort();

  test("comes out as it does in memory", async () => {
    const done: string[] = [];
    while (done.length < IN_DATABASE) {
      const index = dice.below(honest.entries.length);
      const [name, hand] = someHands()[0] ?? [];
      const tampering = hand?.(honest, index, dice.below(honest.entries.length)) ?? null;
      if (name === undefined || tampering === null) continue;
      // The tables are left as they were: in memory they were made to follow.
      const { entries, head } = tampering.trail;
      const inMemory = await verifyTrail({ source: sourceOf({ ...honest, entries, head }) });
      const inDatabase = await verifiedAfter(ground.adminUrl, db, tampering.trail);
      expect(plain(inDatabase.findings), `${name} at entry ${index + 1}`).toEqual(plain(inMemory.findings));
      done.push(name);
    }
    say("tamper", `played in the database too: ${done.join("; ")}`);
    expect((await verifyTrail({ source: createVerifySource(db) })).findings).toEqual([]);
  }, 120_000);
});
