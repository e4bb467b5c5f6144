import { afterAll, beforeAll, expect, test } from "vitest";
import { GATES_MAX } from "../../../src/domain/events/bounds.js";
import type { AppContext } from "../../../src/usecases/app-context.js";
import { createBreakglass } from "../../../src/usecases/breakglass.js";
import { revokeIneligible } from "../../../src/usecases/commands/revoke-ineligible.js";
import { alertsMissing, workload } from "../../../src/usecases/maintenance/self-check.js";
import { declaration, declareItem, newId, taken } from "../../contract/items.js";
import { LEE, policySource } from "../../slack/messages/fixtures.js";
import { openCore } from "../../support/core.js";

/*
 * Whoever has the run-time password can declare bypasses as large as the bounds let them, as fast as the database writes. What is
 * read for the Home, a list or a check of all must not grow with them, or these are taken from everybody.
 */

const WHO = { user: LEE };
const COUNT = 150;
const LARGE = Array.from({ length: GATES_MAX }, (_, index) => `gate-${index}-${"x".repeat(50)}`);
/** What one holds in its gates; a row has a little besides, so the numbers below have some room. */
const BYTES_OF_ONE = JSON.stringify(LARGE).length;

let core: Awaited<ReturnType<typeof openCore>>;
let context: AppContext;
/** How much the queries have answered. */
let bytes = 0;

/** The same queries, counting what they answer. */
function counting<T extends object>(queries: T): T {
  return new Proxy(queries, {
    get: (target, name, self) => {
      const found: unknown = Reflect.get(target, name, self);
      if (typeof found !== "function") return found;
      return async (...args: unknown[]) => {
        const answer: unknown = await Reflect.apply(found, target, args);
        bytes += JSON.stringify(answer ?? null).length;
        return answer;
      };
    },
  });
}

beforeAll(async () => {
  core = await openCore(policySource());
  const member = async (id: string) =>
    ({ accountStatus: "member", ids: [id], asOf: new Date(), stale: false }) as const;
  context = {
    ...core.context,
    queries: counting(core.context.queries),
    ledger: counting(core.context.ledger),
    directory: {
      account: member,
      group: async () => ({ users: [LEE], asOf: new Date(), stale: false }),
      schedule: async () => null,
    },
  };
  for (let made = 0; made < COUNT; made += 10) {
    const items = Array.from({ length: 10 }, () => declareItem(newId("large"), declaration({ gates: LARGE }), []));
    for (const result of await Promise.all(items.map((item) => core.context.ledger.commit(item)))) taken(result);
  }
});
afterAll(() => core.close());

const READERS: readonly (readonly [what: string, most: number, read: () => Promise<unknown>])[] = [
  ["status", 60, () => createBreakglass(context).status(WHO)],
  ["reviews", 60, () => createBreakglass(context).reviews(WHO)],
  ["the Home", 110, () => createBreakglass(context).home(WHO)],
  ["whether alerts are missing", 15, () => alertsMissing(context)],
  ["the figures", 15, () => workload(context)],
  ["the check of requesters", 15, () => revokeIneligible(context)],
];

test.each(READERS)(
  "%s reads at most as much as %i large bypasses hold, however many are open",
  async (_, most, read) => {
    bytes = 0;
    await read();
    expect(bytes).toBeGreaterThan(0);
    expect(bytes / BYTES_OF_ONE).toBeLessThan(most);
  },
);

test("the lists say how many there are, although they read fewer", async () => {
  const total = { ok: true, total: COUNT, bypasses: { length: 50 } };
  expect(await createBreakglass(context).status(WHO)).toMatchObject(total);
  expect(await createBreakglass(context).reviews(WHO)).toMatchObject(total);
  expect(await createBreakglass(context).home(WHO)).toMatchObject({ ok: true, openInAll: COUNT });
  expect(await workload(context)).toMatchObject({ requested: COUNT, active: 0 });
});
