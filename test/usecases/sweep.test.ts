import { expect, test } from "vitest";
import { createDatabase } from "../../src/db/client.js";
import { createOutbox } from "../../src/db/outbox.js";
import { createQueries } from "../../src/db/queries.js";
import { createLedger } from "../../src/db/trail/ledger.js";
import { createInTurn } from "../../src/lib/in-turn.js";
import type { Core } from "../../src/usecases/core.js";
import { sweep } from "../../src/usecases/time.js";
import { declaration, declareItem, newId, taken } from "../contract/items.js";
import { policySource } from "../slack/messages/fixtures.js";
import { createTestDatabase } from "../support/postgres.js";

const nobody = async (): Promise<never> => {
  throw new Error("There is nothing to be asked of Slack.");
};
const nothing = (): void => {};

/** More than two batches. */
const BACKLOG = 450;

test("one sweep does all of a backlog that nobody was woken for, however many batches it takes", async () => {
  const ground = await createTestDatabase();
  const database = createDatabase({ url: ground.appUrl, max: 8, applicationName: "sweep-test" });
  const options = { deadlineMs: 30_000 };
  const core: Core = {
    ledger: createLedger(database, options),
    queries: createQueries(database, options),
    outbox: createOutbox(database, options),
    policy: policySource(),
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
  try {
    // No message stands, so that there is nothing to draw anew; and each bypass is a lane of its own.
    const one = () => declareItem(newId("sweep"), declaration(), [{ kind: "redraw", version: 1 }]);
    const all = await Promise.all(Array.from({ length: BACKLOG }, () => core.ledger.commit(one())));
    for (const result of all) taken(result);
    expect((await core.outbox.backlog()).waiting).toBe(BACKLOG);
    await sweep({ core, chat, pager, outside: [], linkTo: nobody });
    expect((await core.outbox.backlog()).waiting).toBe(0);
  } finally {
    await database.end();
    await ground.drop();
  }
});
