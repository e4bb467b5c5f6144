import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { TextField } from "../../../src/domain/events/catalogue/define.js";
import { later, policyChanged, systemItem, taken } from "../../contract/items.js";
import { type Forge, openForge, rejected } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

const NOAH = { kind: "person", user: "U0NOAH", person: "noah" } as const;

describe("A gate item", () => {
  const flagged = (item: number): SystemEvent => ({
    type: "gate.flagged",
    gate: "e2e-suite",
    item,
    owner: "on-call-lead",
    dueAt: later(86_400),
    because: "count",
    count: 3,
    reviewed: 0,
    atFault: 0,
    windowSeconds: 2_592_000,
    bypasses: [1, 2, 3],
  });
  const settled = { ok: false, why: "already_settled" };

  test("is opened once and closed once, and the next one gets the next number", async () => {
    const commit = (event: SystemEvent) => forge.ledger.commit(systemItem(event));
    expect(await commit({ type: "gate.recovered", gate: "e2e-suite", item: 1, count: 0 })).toEqual(settled);
    expect(await commit(flagged(2))).toEqual(settled);
    taken(await commit(flagged(1)));
    expect(await commit(flagged(2))).toEqual(settled);
    taken(await commit({ type: "gate.recovered", gate: "e2e-suite", item: 1, count: 0 }));
    expect(await commit({ type: "gate.recovered", gate: "e2e-suite", item: 1, count: 0 })).toEqual(settled);
    taken(await commit(flagged(2)));
    const marks = await forge.app<{ what: string; item: number }[]>`
      SELECT what, item FROM breakglass.gate_marks WHERE gate = 'e2e-suite' ORDER BY seq`;
    expect(marks.map(({ what, item }) => `${what} ${item}`)).toEqual(["flagged 1", "recovered 1", "flagged 2"]);
    expect(await forge.findings()).toEqual([]);
  });

  test("is put off as the first by one of two owners who press at once, and the count starts over at a relapse", async () => {
    const gate = "two-owners";
    const of = (event: SystemEvent): SystemEvent => ({ ...event, gate }) as SystemEvent;
    const putOff = (item: number, count: number) =>
      forge.ledger.commit(
        systemItem(
          { type: "gate.put_off", gate, item, until: later(3_600), count, roleAsOf: null },
          { reason: "Omar is away." },
          undefined,
          NOAH,
        ),
      );
    taken(await forge.ledger.commit(systemItem(of(flagged(1)))));
    const both = await Promise.all([putOff(1, 1), putOff(1, 1)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both).toContainEqual(settled);
    taken(await putOff(1, 2));
    expect(await putOff(1, 2)).toEqual(settled);
    const fixed: SystemEvent = { type: "gate.fixed", gate, item: 1, how: "changed", roleAsOf: null };
    taken(await forge.ledger.commit(systemItem(fixed, { reason: "Split." }, undefined, NOAH)));
    taken(await forge.ledger.commit(systemItem(of(flagged(2)))));
    taken(await putOff(2, 1));
    expect(await forge.findings()).toEqual([]);
  });

  test("can lose its owner's reason to a redaction once, while a policy keeps its text", async () => {
    taken(await forge.ledger.commit(systemItem({ ...flagged(1), gate: "told" } as SystemEvent)));
    const fixed: SystemEvent = { type: "gate.fixed", gate: "told", item: 1, how: "changed", roleAsOf: null };
    const { firstSeq } = taken(await forge.ledger.commit(systemItem(fixed, { reason: "hunter2" }, undefined, NOAH)));
    const redact = (seq: number, field: TextField) =>
      forge.ledger.redact(
        systemItem({ type: "text.redacted", provenOrigins: [], seq, field }, { reason: "why" }, undefined, NOAH),
        {
          seq,
          field,
        },
        [],
      );
    taken(await redact(firstSeq, "reason"));
    expect(await redact(firstSeq, "reason")).toEqual(rejected("there is no such text, or it was redacted before"));
    const policy = taken(await forge.ledger.commit(policyChanged("version: 1")));
    expect(await redact(policy.firstSeq, "policy")).toMatchObject({ ok: false, why: "rejected" });
    expect(await forge.findings()).toEqual([]);
  });

  test("whose tables a superuser changed is found by a verification", async () => {
    const admin = postgres(forge.adminUrl, { max: 1, onnotice: () => {} });
    const wrong = (message: string) => [{ seq: 0, kind: "projection", message }];
    const [recovered] = await admin`SELECT seq FROM breakglass.gate_marks WHERE what = 'recovered'`;
    try {
      await admin`UPDATE breakglass.gate_items SET status = 'fixed' WHERE gate = 'e2e-suite'`;
      expect(await forge.findings()).toEqual(wrong("gate_items: status of e2e-suite is not what the entries say."));
      await admin`UPDATE breakglass.gate_items SET status = 'open' WHERE gate = 'e2e-suite'`;
      await admin`DELETE FROM breakglass.gate_marks WHERE what = 'recovered'`;
      expect(await forge.findings()).toEqual(wrong(`gate_marks: ${recovered?.seq} has entries, but no row.`));
    } finally {
      await admin.end();
    }
  });

  test("is opened once even if two commits of one batch open it", async () => {
    const both = await Promise.all(
      [1, 1].map((item) => forge.ledger.commit(systemItem({ ...flagged(item), gate: "two" } as SystemEvent))),
    );
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  });
});
