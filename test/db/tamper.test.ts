import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyTrail } from "../../src/cli/verify/verify-trail.js";
import { createDatabase, type Database } from "../../src/db/client.js";
import { createLedger } from "../../src/db/trail/ledger.js";
import { createVerifySource } from "../../src/db/verify-source.js";
import { sealEntry } from "../../src/domain/audit/body.js";
import { chainHash, type Digest, leafHash } from "../../src/domain/audit/hash.js";
import type { Checkpoint, FindingKind, Verification } from "../../src/domain/audit/verify.js";
import type { BypassFact, NewEntry } from "../../src/domain/bypass/entries.js";
import type { Ledger } from "../../src/usecases/ports.js";
import {
  activation,
  approval,
  CLOCK,
  change,
  DANA,
  DANA2,
  declaration,
  declare,
  declareItem,
  denial,
  fresh,
  itemOf,
  LEO,
  logLine,
  MIA,
  newId,
  nonce,
  policyChanged,
  stateOf,
  systemItem,
  taken,
} from "../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

let ground: TestDatabase;
let admin: postgres.Sql;
let db: Database;
let ledger: Ledger;
let last = 0;

beforeAll(async () => {
  ground = await createTestDatabase();
  admin = postgres(ground.adminUrl, { max: 1, onnotice: () => {} });
  db = createDatabase({ url: ground.appUrl, max: 2, applicationName: "tamper-test" });
  ledger = createLedger(db, { deadlineMs: 10_000 });
  taken(await ledger.commit(policyChanged("version: 1")));
  for (let i = 0; i < 6; i += 1) {
    const n = await declare(ledger);
    if (i % 2 === 0) taken(await change(ledger, n, approval(), approval(MIA, 2), activation()));
    else taken(await change(ledger, n, denial()));
    taken(await change(ledger, n, logLine(`did step ${i}`)));
  }
  await declare(ledger);
  last = taken(await ledger.commit(systemItem({ type: "bot.stopped", instance: "one" }))).lastSeq;
});
afterAll(async () => {
  await db.end();
  await admin.end();
  await ground.drop();
});

class Undone extends Error {}

/** What a verification finds after a superuser has done this with the triggers off; everything is undone afterwards. */
async function verificationAfter(
  tamper: (sql: postgres.TransactionSql) => Promise<unknown>,
  checkpoints: readonly Checkpoint[] = [],
): Promise<Verification> {
  let verification: Verification | null = null;
  await admin
    .begin(async (sql) => {
      await sql`SET LOCAL session_replication_role = replica`;
      await sql`ALTER TABLE breakglass.trail DISABLE TRIGGER USER`;
      await sql`ALTER TABLE breakglass.trail_text DISABLE TRIGGER USER`;
      await tamper(sql);
      const inside: Database = { ...db, query: async (build) => [...(await build(sql))] };
      verification = await verifyTrail({ source: createVerifySource(inside), checkpoints });
      throw new Undone();
    })
    .catch((fault: unknown) => {
      if (!(fault instanceof Undone)) throw fault;
    });
  if (verification === null) throw new Error("nothing was verified");
  return verification;
}

const kinds = (verification: Verification) => new Set(verification.findings.map(({ kind }) => kind));

/** Writes the chain anew from `from` on, as a superuser who knows the rule would. */
async function rechain(sql: postgres.TransactionSql, from: number): Promise<void> {
  const rows = await sql<{ seq: string; body: string; hash: Buffer }[]>`
    SELECT seq, body, hash FROM breakglass.trail WHERE seq >= ${from - 1} ORDER BY seq`;
  let prev: Digest = new Uint8Array(32);
  for (const row of rows) {
    const seq = Number(row.seq);
    if (seq < from) {
      prev = row.hash;
      continue;
    }
    const leaf = leafHash(row.body);
    const hash = chainHash(prev, seq, leaf);
    await sql`UPDATE breakglass.trail SET prev = ${Buffer.from(prev)}, leaf = ${Buffer.from(leaf)}, hash = ${Buffer.from(hash)} WHERE seq = ${seq}`;
    prev = hash;
  }
  await sql`UPDATE breakglass.head SET hash = ${Buffer.from(prev)}, seq = (SELECT max(seq) FROM breakglass.trail)`;
}

const headAt = async (seq: number): Promise<string> => {
  const [row] = await admin`SELECT encode(hash, 'hex') AS hash FROM breakglass.trail WHERE seq = ${seq}`;
  return String(row?.hash);
};

test("an honest trail is found sound, with its head and its number of entries", async () => {
  const verification = await verifyTrail({
    source: createVerifySource(db),
    checkpoints: [{ seq: 3, head: await headAt(3) }],
  });
  expect(verification.findings).toEqual([]);
  expect(verification.entries).toBe(last);
  expect(verification.head).toEqual({ seq: last, hash: await headAt(last) });
  expect(verification.cannotFind.join(" ")).toContain("restored from an older backup");
});

describe.each([
  ["the first", () => 1],
  ["one in the middle", () => Math.floor(last / 2)],
  ["the last", () => last],
])("tampering with %s entry", (_, at) => {
  const edit = (sql: postgres.TransactionSql) =>
    sql`UPDATE breakglass.trail SET body = replace(body, '"at":"20', '"at":"19') WHERE seq = ${at()}`;

  test("an edited body", async () => {
    const { findings } = await verificationAfter(edit);
    expect(findings).toContainEqual(expect.objectContaining({ seq: at(), kind: "altered_body" }));
  });

  test("an edited body with its leaf", async () => {
    const verification = await verificationAfter(async (sql) => {
      await edit(sql);
      await sql`UPDATE breakglass.trail SET leaf = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) WHERE seq = ${at()}`;
    });
    expect(verification.findings).toContainEqual(expect.objectContaining({ seq: at(), kind: "altered_hash" }));
  });

  test("an edited body with its leaf and its hash", async () => {
    const verification = await verificationAfter(async (sql) => {
      await edit(sql);
      await sql`UPDATE breakglass.trail SET leaf = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) WHERE seq = ${at()}`;
      await sql`UPDATE breakglass.trail SET hash = sha256('\\x02'::bytea || prev || int8send(seq) || leaf) WHERE seq = ${at()}`;
    });
    const found = kinds(verification);
    expect(found.has(at() === last ? "head" : "broken_link")).toBe(true);
  });

  test("a removed entry", async () => {
    const verification = await verificationAfter((sql) => sql`DELETE FROM breakglass.trail WHERE seq = ${at()}`);
    expect(kinds(verification).has(at() === last ? "head" : "missing_entries")).toBe(true);
  });

  test("an entry that changed its place with another", async () => {
    const other = at() === 4 ? 5 : 4;
    const swapped = await verificationAfter(
      (sql) => sql`
        UPDATE breakglass.trail t SET body = o.body FROM breakglass.trail o
        WHERE (t.seq, o.seq) IN ((${at()}, ${other}), (${other}, ${at()}))`,
    );
    expect(kinds(swapped).has("altered_body")).toBe(true);
  });

  test("an entry filed under another bypass", async () => {
    const verification = await verificationAfter(
      (sql) => sql`UPDATE breakglass.trail SET stream = 'BG-999', version = 77 WHERE seq = ${at()}`,
    );
    expect(verification.findings).toContainEqual(expect.objectContaining({ seq: at(), kind: "wrong_stream" }));
  });
});

describe("tampering that keeps the chain right", () => {
  const cases: readonly (readonly [string, FindingKind, (sql: postgres.TransactionSql) => Promise<unknown>])[] = [
    [
      "a replayed entry at the end",
      "repeated_command",
      async (sql) => {
        await sql`INSERT INTO breakglass.trail SELECT ${last + 1}, 'system', NULL, body, prev, leaf, hash FROM breakglass.trail WHERE seq = 1`;
        await rechain(sql, last + 1);
      },
    ],
    [
      "a replayed entry right after itself",
      "repeated_command",
      async (sql) => {
        await sql`INSERT INTO breakglass.trail SELECT ${last + 1}, 'system', NULL, body, prev, leaf, hash FROM breakglass.trail WHERE seq = ${last}`;
        await rechain(sql, last + 1);
      },
    ],
    [
      "an entry taken out, the others moved up",
      "wrong_version",
      async (sql) => {
        await sql`DELETE FROM breakglass.trail WHERE seq = 4`;
        for (let seq = 5; seq <= last; seq += 1) {
          await sql`UPDATE breakglass.trail SET seq = ${seq - 1} WHERE seq = ${seq}`;
          await sql`UPDATE breakglass.trail_text SET seq = ${seq - 1} WHERE seq = ${seq}`;
        }
        await rechain(sql, 4);
      },
    ],
    [
      "a bypass without a trace: its number is missing",
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
      "a text too many",
      "surplus_text",
      (sql) => sql`INSERT INTO breakglass.trail_text VALUES (3, 'line', decode(repeat('00', 16), 'hex'), 'x')`,
    ],
    ["a moved head", "head", (sql) => sql`UPDATE breakglass.head SET seq = seq - 1`],
    ["a lost head", "head", (sql) => sql`DELETE FROM breakglass.head`],
    [
      "a body in other words for the same",
      "not_canonical",
      async (sql) => {
        await sql`UPDATE breakglass.trail SET body = replace(body, '"v":1', '"v": 1') WHERE seq = ${last}`;
        await rechain(sql, last);
      },
    ],
    [
      "a body of no known kind",
      "unreadable_body",
      async (sql) => {
        await sql`UPDATE breakglass.trail SET body = replace(body, 'bot.stopped', 'bot.vanished') WHERE seq = ${last}`;
        await rechain(sql, last);
      },
    ],
    ["a bypass made active", "projection", (sql) => sql`UPDATE breakglass.bypasses SET status = 'active' WHERE n = 2`],
    [
      "a longer grant",
      "projection",
      (sql) => sql`UPDATE breakglass.bypasses SET ends_at = ends_at + interval '1 ms' WHERE n = 1`,
    ],
    ["other gates", "projection", (sql) => sql`UPDATE breakglass.bypasses SET gates = '{}' WHERE n = 1`],
    ["a bypass without a row", "projection", (sql) => sql`DELETE FROM breakglass.bypasses WHERE n = 3`],
    [
      "a row without a bypass",
      "projection",
      (sql) => sql`INSERT INTO breakglass.settlements VALUES (77, 'bypass.denied', 3)`,
    ],
    [
      "a forgotten approval",
      "projection",
      (sql) => sql`DELETE FROM breakglass.approvals WHERE n = 1 AND person = 'leo'`,
    ],
    ["a forgotten settlement", "projection", (sql) => sql`DELETE FROM breakglass.settlements WHERE n = 1`],
    [
      "a forgotten account of an approver",
      "projection",
      (sql) => sql`UPDATE breakglass.approvals SET account = 'U0NOBODY' WHERE n = 1 AND person = 'leo'`,
    ],
    ["an end that never was", "projection", (sql) => sql`INSERT INTO breakglass.ends VALUES (1, 'bypass.closed', 6)`],
    ["another policy", "projection", (sql) => sql`UPDATE breakglass.policies SET hash = 'q'`],
  ];

  test.each(cases)("%s", async (_, kind, tamper) => {
    expect([...kinds(await verificationAfter(tamper))]).toContain(kind);
  });
});

/** Adds an entry to the end, with hashes that fit, as a superuser who knows the rule would. */
async function append(sql: postgres.TransactionSql, n: number, entry: NewEntry<BypassFact>): Promise<void> {
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

describe("a history that the rules forbid, put in with hashes that fit", () => {
  // BG-1 is active, BG-2 is denied, BG-7 waits.
  const cases: readonly (readonly [string, number, readonly NewEntry<BypassFact>[], string])[] = [
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
      "tells bypass.closed of what was never active",
    ],
    ["a second settlement", 2, [activation(MIA)], "tells bypass.activated of what was settled before"],
    ["an expiry with time left", 1, [fresh({ type: "bypass.expired" }, CLOCK)], "at a time that does not fit the end"],
    [
      "an entry of another century",
      1,
      [{ ...logLine("x"), at: "1999-01-01T00:00:00.000Z" }],
      "is older than the one before it",
    ],
  ];

  test.each(cases)("%s", async (_, n, entries, sentence) => {
    const { findings } = await verificationAfter(async (sql) => {
      for (const entry of entries) await append(sql, n, entry);
    });
    expect(findings).toContainEqual({
      seq: last + entries.length,
      kind: "unlawful",
      message: expect.stringMatching(`^Entry \\d+ of BG-${n} .*${sentence}`),
    });
  });
});

describe("what only an outside checkpoint shows", () => {
  const rewrite = async (sql: postgres.TransactionSql) => {
    await sql`UPDATE breakglass.trail SET body = replace(body, '"instance":"one"', '"instance":"two"') WHERE seq = ${last}`;
    await rechain(sql, last);
  };
  const cut = async (sql: postgres.TransactionSql) => {
    await sql`DELETE FROM breakglass.trail WHERE seq = ${last}`;
    await rechain(sql, last - 1);
  };

  test.each([
    ["an end that was rewritten with new hashes", rewrite],
    ["an end that was cut off, as by a restored backup", cut],
  ])("%s is missed without one, and found with one", async (_, tamper) => {
    expect((await verificationAfter(tamper)).findings).toEqual([]);
    const kept = { seq: last, head: (await headAt(last)).slice(0, 24) };
    expect([...kinds(await verificationAfter(tamper, [kept]))]).toEqual(["checkpoint"]);
  });
});

test("with every text redacted the trail verifies, and the projections stay equal", async () => {
  const own = await createTestDatabase();
  const ownDb = createDatabase({ url: own.appUrl, max: 2, applicationName: "redact-test" });
  const trail = createLedger(ownDb, { deadlineMs: 10_000 });
  const secret = "xoxb-the-pasted-token";
  const texts = { reason: secret, target_typed: "the shop", target_key: "text:the shop" };
  const target = { kind: "text" } as const;
  const declared = taken(await trail.commit(declareItem("only", declaration({ target }, texts))));
  const n = declared.n ?? 0;
  const denied = taken(await change(trail, n, denial(secret)));
  for (const [seq, fields] of [
    [declared.firstSeq, ["reason", "target_typed", "target_key"]],
    [denied.lastSeq, ["reason"]],
  ] as const) {
    for (const field of fields) {
      const entry = fresh({ type: "text.redacted", seq, field });
      taken(await trail.redact(itemOf({ n, state: await stateOf(trail, n), entries: [entry] }), { seq, field }));
    }
  }
  const verification = await verifyTrail({ source: createVerifySource(ownDb) });
  expect(verification.findings).toEqual([]);
  const left = await ownDb.query(
    (sql) => sql`SELECT FROM breakglass.trail_text WHERE text IS NOT NULL OR nonce IS NOT NULL`,
    {
      label: "left",
    },
  );
  expect(left).toEqual([]);
  const owner = postgres(own.adminUrl, { max: 1, onnotice: () => {} });
  const tables = await owner<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'breakglass'`;
  for (const { name } of tables) {
    const hits = await owner.unsafe(`SELECT FROM ${name} AS t WHERE strpos(t::text, '${secret}') > 0`);
    expect(hits, name).toHaveLength(0);
  }
  await owner.end();
  await ownDb.end();
  await own.drop();
});
