import { expect, test } from "vitest";
import { homeView } from "../../../src/slack/home/view.js";
import { homeOf } from "../../../src/usecases/queries/home.js";
import { declaration, declare, declareItem, newId, taken } from "../../contract/items.js";
import { LEE, policySource } from "../../slack/messages/fixtures.js";
import { openCore } from "../../support/core.js";

test("one bypass that cannot be read takes the Home from nobody, and is named in it", async () => {
  const source = policySource();
  const core = await openCore(source);
  try {
    const context = {
      ...core.context,
      directory: {
        account: async (user: string) =>
          ({ ids: [user], accountStatus: "member", asOf: new Date(), stale: false }) as const,
        group: async () => ({ users: [LEE], asOf: new Date(), stale: false }),
        schedule: async () => null,
      },
    };
    const n = await declare(context.ledger);
    // A declaration without its incident, as someone with a stolen password could commit it.
    const item = declareItem(newId("garbled"), declaration());
    const entries = item.entries.map((entry) => ({ ...entry, body: entry.body.replace('"incident":"INC-7",', "") }));
    const { n: garbled } = taken(await context.ledger.commit({ ...item, entries }));
    const home = await homeOf(context, { user: LEE });
    expect(home).toMatchObject({ ok: true, unreadable: [garbled] });
    if (!home.ok) return;
    expect(home.acks.map((bypass) => bypass.n)).toEqual([n]);
    const { policy } = source.current();
    expect(JSON.stringify(homeView(home, LEE, policy))).toContain(`*BG-${garbled} cannot be read*`);
    const answer = { ...context, ledger: { ...context.ledger, load: () => context.ledger.load(n) } };
    expect(await homeOf(answer, { user: LEE })).toMatchObject({ ok: true, unreadable: [] });
  } finally {
    await core.close();
  }
});
