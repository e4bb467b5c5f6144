import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FindingKind } from "../../../src/domain/verify/findings.js";
import { kinds, openTampered, rechain, type Tampered } from "./tampered.js";

let trail: Tampered;
beforeAll(async () => {
  trail = await openTampered();
});
afterAll(() => trail.close());

describe("a verification finds tampering that keeps the chain intact", () => {
  const cases: readonly (readonly [string, FindingKind, (sql: postgres.TransactionSql) => Promise<unknown>])[] = [
    [
      "a replayed entry at the end",
      "repeated_command",
      async (sql) => {
        await sql`INSERT INTO breakglass.trail SELECT ${trail.last + 1}, 'system', NULL, body, prev, leaf, hash FROM breakglass.trail WHERE seq = 1`;
        await rechain(sql, trail.last + 1);
      },
    ],
    [
      "an entry replayed right after itself",
      "repeated_command",
      async (sql) => {
        await sql`INSERT INTO breakglass.trail SELECT ${trail.last + 1}, 'system', NULL, body, prev, leaf, hash FROM breakglass.trail WHERE seq = ${trail.last}`;
        await rechain(sql, trail.last + 1);
      },
    ],
    [
      "a removed entry with the later ones moved up",
      "wrong_version",
      async (sql) => {
        await sql`DELETE FROM breakglass.trail WHERE seq = 4`;
        for (let seq = 5; seq <= trail.last; seq += 1) {
          await sql`UPDATE breakglass.trail SET seq = ${seq - 1} WHERE seq = ${seq}`;
          await sql`UPDATE breakglass.trail_text SET seq = ${seq - 1} WHERE seq = ${seq}`;
        }
        await rechain(sql, 4);
      },
    ],
    [
      "a bypass removed completely, whose number is missing",
      "wrong_number",
      async (sql) => {
        await sql`DELETE FROM breakglass.trail WHERE stream = 'BG-2'`;
        await sql`UPDATE breakglass.bypasses SET n = 99 WHERE n = 2`;
      },
    ],
    [
      "a changed text",
      "altered_text",
      (sql) => sql`UPDATE breakglass.trail_text SET text = 'all was well' WHERE field = 'line'`,
    ],
    [
      "a nulled text",
      "lost_text",
      (sql) => sql`UPDATE breakglass.trail_text SET text = NULL, nonce = NULL WHERE field = 'line'`,
    ],
    ["a removed text", "missing_text", (sql) => sql`DELETE FROM breakglass.trail_text WHERE field = 'line'`],
    [
      "a surplus text",
      "surplus_text",
      (sql) => sql`INSERT INTO breakglass.trail_text VALUES (3, 'line', decode(repeat('00', 16), 'hex'), 'x')`,
    ],
    ["a changed head", "head", (sql) => sql`UPDATE breakglass.head SET seq = seq - 1`],
    ["a lost head", "head", (sql) => sql`DELETE FROM breakglass.head`],
    [
      "a body that is not canonical",
      "not_canonical",
      async (sql) => {
        await sql`UPDATE breakglass.trail SET body = replace(body, '"v":1', '"v": 1') WHERE seq = ${trail.last}`;
        await rechain(sql, trail.last);
      },
    ],
    [
      "a body of an unknown type",
      "unreadable_body",
      async (sql) => {
        await sql`UPDATE breakglass.trail SET body = replace(body, 'bot.stopped', 'bot.vanished') WHERE seq = ${trail.last}`;
        await rechain(sql, trail.last);
      },
    ],
    [
      "a denied bypass made active",
      "projection",
      (sql) => sql`UPDATE breakglass.bypasses SET status = 'active' WHERE n = 2`,
    ],
    [
      "a longer grant",
      "projection",
      (sql) => sql`UPDATE breakglass.bypasses SET ends_at = ends_at + interval '1 ms' WHERE n = 1`,
    ],
    [
      "changed gates",
      "projection",
      (sql) => sql`UPDATE breakglass.bypasses SET gates = '{some-other-gate}' WHERE n = 1`,
    ],
    ["a bypass without a row", "projection", (sql) => sql`DELETE FROM breakglass.bypasses WHERE n = 3`],
    [
      "a row without a bypass",
      "projection",
      (sql) => sql`INSERT INTO breakglass.approvals VALUES (77, 'U0LEO', 'leo', 3)`,
    ],
    ["a removed approval", "projection", (sql) => sql`DELETE FROM breakglass.approvals WHERE n = 1 AND person = 'leo'`],
    ["a removed settlement", "projection", (sql) => sql`UPDATE breakglass.bypasses SET settled_at = NULL WHERE n = 1`],
    [
      "a changed account of an approver",
      "projection",
      (sql) => sql`UPDATE breakglass.approvals SET account = 'U0NOBODY' WHERE n = 1 AND person = 'leo'`,
    ],
    [
      "an end that never happened",
      "projection",
      (sql) => sql`UPDATE breakglass.bypasses SET ended_at = ends_at WHERE n = 1`,
    ],
    ["a changed policy hash", "projection", (sql) => sql`UPDATE breakglass.policies SET hash = 'q'`],
  ];

  test.each(cases)("%s", async (_, kind, tamper) => {
    expect([...kinds(await trail.verificationAfter(tamper))]).toContain(kind);
  });
});
