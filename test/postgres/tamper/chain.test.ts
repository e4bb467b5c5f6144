import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds, openTampered, rechain, type Tampered } from "./tampered.js";

let trail: Tampered;
beforeAll(async () => {
  trail = await openTampered();
});
afterAll(() => trail.close());

test("a verification of an untouched trail finds nothing, and returns its head and number of entries", async () => {
  const verification = await trail.verification([{ seq: 3, head: await trail.headAt(3) }]);
  expect(verification.findings).toEqual([]);
  expect(verification.entries).toBe(trail.last);
  expect(verification.head).toEqual({ seq: trail.last, hash: await trail.headAt(trail.last) });
  expect(verification.cannotFind.join(" ")).toContain("restored from an older backup");
});

describe.each([
  ["first", () => 1],
  ["middle", () => Math.floor(trail.last / 2)],
  ["last", () => trail.last],
])("a verification finds, at the %s entry,", (_, at) => {
  const edit = (sql: postgres.TransactionSql) =>
    sql`UPDATE breakglass.trail SET body = replace(body, '"at":"20', '"at":"19') WHERE seq = ${at()}`;

  test("an edited body", async () => {
    const { findings } = await trail.verificationAfter(edit);
    expect(findings).toContainEqual(expect.objectContaining({ seq: at(), kind: "altered_body" }));
  });

  test("an edited body with a matching leaf", async () => {
    const verification = await trail.verificationAfter(async (sql) => {
      await edit(sql);
      await sql`UPDATE breakglass.trail SET leaf = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) WHERE seq = ${at()}`;
    });
    expect(verification.findings).toContainEqual(expect.objectContaining({ seq: at(), kind: "altered_hash" }));
  });

  test("an edited body with a matching leaf and hash", async () => {
    const verification = await trail.verificationAfter(async (sql) => {
      await edit(sql);
      await sql`UPDATE breakglass.trail SET leaf = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) WHERE seq = ${at()}`;
      await sql`UPDATE breakglass.trail SET hash = sha256('\\x02'::bytea || prev || int8send(seq) || leaf) WHERE seq = ${at()}`;
    });
    const found = kinds(verification);
    expect(found.has(at() === trail.last ? "head" : "broken_link")).toBe(true);
  });

  test("a removed entry", async () => {
    const verification = await trail.verificationAfter((sql) => sql`DELETE FROM breakglass.trail WHERE seq = ${at()}`);
    expect(kinds(verification).has(at() === trail.last ? "head" : "missing_entries")).toBe(true);
  });

  test("an entry that was swapped with another", async () => {
    const other = at() === 4 ? 5 : 4;
    const swapped = await trail.verificationAfter(
      (sql) => sql`
        UPDATE breakglass.trail t SET body = o.body FROM breakglass.trail o
        WHERE (t.seq, o.seq) IN ((${at()}, ${other}), (${other}, ${at()}))`,
    );
    expect(kinds(swapped).has("altered_body")).toBe(true);
  });

  test("an entry moved to another bypass", async () => {
    const verification = await trail.verificationAfter(
      (sql) => sql`UPDATE breakglass.trail SET stream = 'BG-999', version = 77 WHERE seq = ${at()}`,
    );
    expect(verification.findings).toContainEqual(expect.objectContaining({ seq: at(), kind: "wrong_stream" }));
  });
});

describe("a change that only an external checkpoint reveals", () => {
  const rewrite = async (sql: postgres.TransactionSql) => {
    await sql`UPDATE breakglass.trail SET body = replace(body, '"instance":"one"', '"instance":"two"') WHERE seq = ${trail.last}`;
    await rechain(sql, trail.last);
  };
  const cut = async (sql: postgres.TransactionSql) => {
    await sql`DELETE FROM breakglass.trail WHERE seq = ${trail.last}`;
    await rechain(sql, trail.last - 1);
  };

  test.each([
    ["an end rewritten with new hashes", rewrite],
    ["an end cut off, as by a restored backup", cut],
  ])("%s, is missed without a checkpoint and found with one", async (_, tamper) => {
    expect((await trail.verificationAfter(tamper)).findings).toEqual([]);
    const kept = { seq: trail.last, head: (await trail.headAt(trail.last)).slice(0, 24) };
    expect([...kinds(await trail.verificationAfter(tamper, [kept]))]).toEqual(["checkpoint"]);
  });
});
