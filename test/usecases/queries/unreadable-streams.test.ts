import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { AppContext } from "../../../src/usecases/app-context.js";
import { createBreakglass } from "../../../src/usecases/breakglass.js";
import { checkApprovers } from "../../../src/usecases/commands/check-approvers.js";
import { checkGates } from "../../../src/usecases/commands/check-gates.js";
import { revokeIneligible } from "../../../src/usecases/commands/revoke-ineligible.js";
import { followUpDrills } from "../../../src/usecases/maintenance/drills.js";
import { followUpGates } from "../../../src/usecases/maintenance/gates.js";
import { postDigest } from "../../../src/usecases/maintenance/post-digest.js";
import { alertsMissing, workload } from "../../../src/usecases/maintenance/self-check.js";
import { replanFollowUps } from "../../../src/usecases/maintenance/sweep.js";
import { digestOf } from "../../../src/usecases/queries/digest.js";
import { gateOf, overdueOf, waitsOf } from "../../../src/usecases/queries/waits-and-overdue.js";
import { createRestoreWatch } from "../../../src/usecases/restored/watch.js";
import {
  change,
  DANA,
  declaration,
  declare,
  declareItem,
  fresh,
  later,
  newId,
  systemItem,
  taken,
} from "../../contract/items.js";
import { LEE, policySource } from "../../slack/messages/fixtures.js";
import { openCore, sweep } from "../../support/core.js";

const WHO = { user: LEE };
let core: Awaited<ReturnType<typeof openCore>>;
let context: AppContext;
const warned: string[] = [];
/** A bypass that can be read, and one whose declaration, and one whose later entry cannot. */
let sound: number;
let garbled: number;
let spoilt: number;

const asSystem = (event: object): SystemEvent => JSON.parse(JSON.stringify(event));

beforeAll(async () => {
  core = await openCore(policySource());
  context = {
    ...core.context,
    log: { ...core.context.log, warn: (event) => warned.push(event) },
    directory: {
      account: async (id) => ({ accountStatus: "member", ids: [id], asOf: new Date(), stale: false }) as const,
      group: async () => ({ users: [LEE], asOf: new Date(), stale: false }),
      schedule: async () => null,
    },
  };
  const { ledger } = context;
  taken(await ledger.commit(systemItem({ type: "bot.stopped", instance: "one" })));
  sound = await declare(ledger, declaration(), []);
  const item = declareItem(newId("garbled"), declaration(), [{ kind: "alert.post" }]);
  const entries = item.entries.map((entry) => ({ ...entry, body: entry.body.replace('"incident":"INC-7",', "") }));
  garbled = taken(await ledger.commit({ ...item, entries })).n ?? 0;
  spoilt = await declare(ledger, declaration(), []);
  const line = fresh({ type: "bypass.logged", via: "letter" as "command" }, DANA, { line: "did it" });
  taken(await change(ledger, spoilt, line));
  // What the system's stream may hold, written past the bot.
  const gap = { type: "trail.gap", foundBy: "nobody", seq: null, head: null, before: later(0) };
  taken(await ledger.commit(systemItem(asSystem(gap))));
  const flagged = {
    type: "gate.flagged",
    gate: "e2e-suite",
    item: 1,
    owner: "on-call-lead",
    dueAt: later(86_400),
    because: "whim",
  };
  taken(await ledger.commit(systemItem(asSystem(flagged))));
});
afterAll(() => core.close());

/** Every reader that does not ask for one bypass. Each must answer, whatever else the trail holds. */
const READERS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ["the Home", async () => createBreakglass(context).home(WHO)],
  ["status", async () => createBreakglass(context).status(WHO)],
  ["reviews", async () => createBreakglass(context).reviews(WHO)],
  ["stats", async () => createBreakglass(context).readings(WHO)],
  ["the history of a gate", async () => createBreakglass(context).gate(WHO, "e2e-suite")],
  ["a bypass beside it", async () => createBreakglass(context).show(WHO, { n: sound, typed: true })],
  ["the digest", () => digestOf(context, "C0INC", later(0))],
  ["what waits for somebody", () => waitsOf(context, LEE)],
  ["what is overdue", () => overdueOf(context, "C0INC")],
  ["the message about a gate", () => gateOf(context, { kind: "gate.post", gate: "e2e-suite", item: 1 })],
  ["the sweep", () => sweep(core.effectContext(context))],
  ["the plan of follow-ups", () => replanFollowUps(context)],
  ["the check of requesters", () => revokeIneligible(context)],
  ["the check of approvers", () => checkApprovers(context)],
  ["the check of gates", () => checkGates(context, null)],
  ["the follow-up of gates", () => followUpGates(context)],
  ["the follow-up of drills", () => followUpDrills(context)],
  ["the digest's day", () => postDigest(context)],
  ["whether alerts are missing", () => alertsMissing(context)],
  ["the figures", () => workload(context)],
  ["the deleted message", () => createBreakglass(context).messageDeleted("C0INC", "1.2")],
  [
    "a start",
    () =>
      createRestoreWatch({
        context,
        published: { recent: async () => [] },
        word: "restored",
        now: () => 0,
      }).start(),
  ],
];

describe("streams that cannot be read", () => {
  test.each(READERS)("do not keep %s from answering", async (_, read) => {
    await expect(read()).resolves.not.toMatchObject({ ok: false });
  });

  test("are named where they are left out", async () => {
    warned.length = 0;
    await createBreakglass(context).home(WHO);
    await checkApprovers(context);
    await createRestoreWatch({ context, published: { recent: async () => [] }, word: null, now: () => 0 }).start();
    expect([...new Set(warned)].sort()).toEqual(["approvers.failed", "home.unreadable", "trail.gap_unreadable"]);
    expect(await createBreakglass(context).home(WHO)).toMatchObject({ unreadable: [spoilt, garbled] });
  });

  test("are said to be unreadable to whoever asks for one of them", async () => {
    for (const n of [garbled, spoilt])
      expect(await createBreakglass(context).show(WHO, { n, typed: true })).toEqual({
        ok: false,
        refusal: { code: "unreadable" },
      });
  });
});
