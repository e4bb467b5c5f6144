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

/** Appends an entry with correct hashes, as a superuser who knows the hash rule could. */
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

describe("a verification finds a forged history with correct hashes", () => {
  // BG-1 is active, BG-2 is denied, BG-7 is requested.
  const cases: readonly (readonly [string, number, readonly NewEntry<BypassEvent>[], string])[] = [
    ["with a grant that was not earned", 7, [activation(DANA)], "activates a grant that was not earned"],
    ["with an approval by the requester", 7, [approval(DANA2)], "is an approval by the requester"],
    [
      "with two approvals by the same person",
      7,
      [approval(), approval({ ...LEO, user: "W0LEO2" }, 2)],
      "is an approval by somebody who approved before",
    ],
    [
      "with an end of a bypass that was never active",
      7,
      [fresh({ type: "bypass.closed" }, DANA)],
      "records bypass.closed of a bypass that was never active",
    ],
    ["with a second settlement", 2, [activation(MIA)], "records bypass.activated of a request that was settled before"],
    [
      "with an expiry before the end",
      1,
      [fresh({ type: "bypass.expired" }, CLOCK)],
      "expires a grant that has time left",
    ],
    [
      "with an entry older than the one before it",
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
