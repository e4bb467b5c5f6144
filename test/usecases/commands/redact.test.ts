import { expect, test } from "vitest";
import type { SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { redact } from "../../../src/usecases/commands/redact.js";
import type { CommitItem, Ledger } from "../../../src/usecases/ports/ports.js";
import { DANA, later, systemItem, taken } from "../../contract/items.js";
import { openCore } from "../../support/core.js";
import { samplePolicy } from "../../support/domain/policies.js";
import { openLeadingWorkspace } from "../../support/leading-workspace.js";

test("a refused redaction of a gate's text is recorded once, and the text stays", async () => {
  const workspace = await openLeadingWorkspace(["U0NOAH"]);
  const policy = { ...samplePolicy, rights: { ...samplePolicy.rights, redact: [] } };
  const { context, close } = await openCore({ current: () => ({ policy, hash: "0".repeat(64) }) });
  try {
    const seq = await putOffGate(context.ledger);
    const recorded: CommitItem[] = [];
    const ledger: typeof context.ledger = {
      ...context.ledger,
      commit: async (item) => {
        const result = taken(await context.ledger.commit(item));
        if (!result.duplicate) recorded.push(item);
        return result;
      },
    };
    const attempt = () =>
      redact(
        { ...context, ledger, directory: workspace.directory },
        { user: "U0NOAH", origin: null },
        { seq, what: "reason", why: "It names a customer." },
        "attempt",
      );
    expect(await attempt()).toEqual({ ok: false, refusal: { code: "not_entitled" } });
    expect(await attempt()).toEqual({ ok: false, refusal: { code: "not_entitled" } });
    expect(recorded).toHaveLength(1);
    expect(JSON.parse(recorded[0]?.entries[0]?.body ?? "{}")).toMatchObject({
      type: "attempt.refused",
      action: "redact",
      code: "not_entitled",
    });
    expect(await context.queries.textAt(seq, "reason")).toMatchObject({ redacted: false });
  } finally {
    await close();
    await workspace.close();
  }
});

/** A sick gate whose owner put it off. Returns the position of the entry that has the reason. */
async function putOffGate({ commit }: Ledger): Promise<number> {
  const flagged: SystemEvent = {
    type: "gate.flagged",
    gate: "e2e-suite",
    item: 1,
    owner: "on-call-lead",
    dueAt: later(-86_400),
    because: "count",
    count: 3,
    reviewed: 0,
    atFault: 0,
    windowSeconds: 2_592_000,
    bypasses: [1, 2, 3],
  };
  taken(await commit(systemItem(flagged)));
  const putOff: SystemEvent = {
    type: "gate.put_off",
    gate: "e2e-suite",
    item: 1,
    until: later(86_400),
    count: 1,
    roleAsOf: null,
  };
  return taken(await commit(systemItem(putOff, { reason: "Acme waits for it." }, undefined, DANA))).lastSeq;
}
