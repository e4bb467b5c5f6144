import { createDatabase } from "../../src/db/client.js";
import { createOutbox } from "../../src/db/outbox.js";
import { createQueries } from "../../src/db/queries.js";
import { createLedger } from "../../src/db/trail/ledger.js";
import { createInTurn } from "../../src/lib/in-turn.js";
import type { Core } from "../../src/usecases/app-context.js";
import type { Deliverer } from "../../src/usecases/delivery/outbox-results.js";
import type { PolicySource } from "../../src/usecases/ports/ports.js";
import { newId } from "../contract/items.js";
import { createTestDatabase } from "./postgres.js";

const nobody = async (): Promise<never> => {
  throw new Error("There is nothing to be asked of Slack.");
};
const nothing = (): void => {};

/** The use cases on a database of their own, and nobody outside. */
export async function openCore(policy: PolicySource) {
  const ground = await createTestDatabase();
  const database = createDatabase({ url: ground.appUrl, max: 8, applicationName: "core-test" });
  const options = { deadlineMs: 30_000 };
  const core: Core = {
    ledger: createLedger(database, options),
    queries: createQueries(database, options),
    outbox: createOutbox(database, options),
    policy,
    directory: { account: nobody, group: nobody, schedule: nobody },
    pagers: [],
    wake: { effects: nothing, later: nothing, tick: nothing, chase: nothing },
    random: { hex: () => newId("tick") },
    observer: { commit: nothing, refusal: nothing, delivery: nothing, alerted: nothing, paged: nothing },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    inTurn: createInTurn(),
  };
  const chat = { perform: nobody, find: nobody, update: nobody, notice: nobody, updateNotice: nobody };
  const pager = { name: "none", audience: nobody };
  const around = (inner: Core): Deliverer => ({ core: inner, chat, pager, outside: [], linkTo: nobody });
  return {
    core,
    /** What performs effects, over this core or one made of it. */
    deliverer: around,
    close: async (): Promise<void> => {
      await database.end();
      await ground.drop();
    },
  };
}
