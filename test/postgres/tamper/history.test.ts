import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sealEntry } from "../../../src/domain/events/body.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import {
  activation,
  approval,
  CLOCK,
  DANA,
  DANA2,
  fresh,
  LEO,
  logLine,
  MIA,
  newId,
  nonce,
} from "../../contract/items.js";
import { openTampered, rechain, type Tampered } from "./tampered.js";

let trail: Tampered;
beforeAll(async () => {
  trail = await openTampered();
});
afterAll(() => trail.close());

/** Adds an entry to the end, with hashes that fit, as a superuser who knows the rule would. */
async function append(sql: postgres.TransactionSql, n: number, entry: NewEntry<BypassEvent>): Promise<void> {
  const [at] = await sql<{ seq: string; version: number }[]>`
    SELECT (SELECT max(seq) + 1 FROM breakglass.trail) AS seq, max(version) + 1 AS version
    FROM breakglass.trail WHERE stream = ${`BG-${n}`}`;
  if (at === undefined) throw new Error("nothing to append to");
  const where = { stream: { kind: "bypass", n }, version: at.version, commandId: newId("forged"), nonce } as const;
  const { body, texts } = sealEntry(entry, where);
  await sql`INSERT INTO breakglass.trail SELECT ${at.seq}, ${`BG-${n}`}, ${at.version}, ${body}, prev, leaf, hash FROM breakglass.trail WHERE seq = 1`;
  for (const { field, nonce: own, text } of texts)
    await sql`INSERT INTO breakglass.trail_text VALUES (${at.seq}, ${field}, decode(${own}, 'hex'), ${text})`;
  await rechain(sql, Number(at.seq));
}

describe("a history that breaks an invariant, put in with hashes that fit", () => {
  // BG-1 is active, BG-2 is denied, BG-7 waits.
  const cases: readonly (readonly [string, number, readonly NewEntry<BypassEvent>[], string])[] = [
    ["a grant that was not earned", 7, [activation(DANA)], "activates a grant that was not earned"],
    ["an approval by the requester", 7, [approval(DANA2)], "is an approval by the requester"],
    [
      "the same person twice",
      7,
      [approval(), approval({ ...LEO, user: "W0LEO2" }, 2)],
      "is an approval by somebody who approved before",
    ],
    [
      "an end before any beginning",
      7,
      [fresh({ type: "bypass.closed" }, DANA)],
      "records bypass.closed of a bypass that was never active",
    ],
    ["a second settlement", 2, [activation(MIA)], "records bypass.activated of a request that was settled before"],
    ["an expiry with time left", 1, [fresh({ type: "bypass.expired" }, CLOCK)], "expires a grant that has time left"],
    [
      "an entry of another century",
      1,
      [{ ...logLine("x"), at: "1999-01-01T00:00:00.000Z" }],
      "is older than the entry before it",
    ],
  ];

  test.each(cases)("%s", async (_, n, entries, sentence) => {
    const { findings } = await trail.verificationAfter(async (sql) => {
      for (const entry of entries) await append(sql, n, entry);
    });
    expect(findings).toContainEqual({
      seq: trail.last + entries.length,
      kind: "violation",
      message: expect.stringMatching(`^Entry \\d+ of BG-${n} .*${sentence}`),
    });
  });
});
