import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import { createPagerDuty } from "../../../src/pagers/pagerduty.js";
import type { AppContext } from "../../../src/usecases/app-context.js";
import { performEffect } from "../../../src/usecases/delivery/perform-effect.js";
import {
  activation,
  approval,
  DANA,
  declaration,
  declareItem,
  denial,
  fresh,
  MIA,
  newId,
  taken,
  waiver,
} from "../../contract/items.js";
import { policySource } from "../../slack/messages/fixtures.js";
import { openCore } from "../../support/core.js";
import { openPagerDutyDouble, type PagerDutyDouble, ROUTING_KEY } from "../../support/pagers/pagerduty-double.js";
import type { Fault } from "../../support/pagers/service.js";

type NotifyEffect = Extract<Effect, { kind: "notify" }>;
type Step = NewEntry<BypassEvent>;

const BOT = { kind: "system", part: "bot" } as const;
const POSTED: Step = fresh({ type: "alert.posted", channel: "C0INC", ts: "1782136931.000100" }, BOT);
const ALERT_FAILED: Step = fresh({ type: "alert.failed", code: "is_archived" }, BOT);
const STEP: Step = fresh({ type: "pager.notified", action: "trigger", step: 0, via: "pagerduty" }, BOT);
const APPROVED: readonly Step[] = [approval(), approval(MIA, 2), activation()];
const ENDINGS = {
  requested: [],
  active: APPROVED,
  denied: [denial(), waiver()],
  closed: [...APPROVED, fresh({ type: "bypass.closed" }, DANA)],
} satisfies Record<string, readonly Step[]>;

const TRIGGER: NotifyEffect = { kind: "notify", pager: "pagerduty", action: "trigger", step: 0, role: "on-call-lead" };
const ACKNOWLEDGE: NotifyEffect = { ...TRIGGER, action: "acknowledge", step: null, role: null };
const RESOLVE: NotifyEffect = { ...ACKNOWLEDGE, action: "resolve" };

let testApp: Awaited<ReturnType<typeof openCore>>;
let service: PagerDutyDouble;
beforeAll(async () => {
  [testApp, service] = await Promise.all([openCore(policySource()), openPagerDutyDouble()]);
});
afterAll(async () => {
  await service.stop();
  await testApp.close();
});

interface Given {
  readonly effect: NotifyEffect;
  /** How the bypass ended, with what stood before. */
  readonly in?: keyof typeof ENDINGS;
  readonly before?: readonly Step[];
  /** What PagerDuty does instead of taking it. */
  readonly fault?: Fault;
  /** Seconds since the notification was asked for; the time that the test itself takes comes on top. */
  readonly after?: number;
  readonly setUp?: boolean;
}

/** What becomes of the row in the outbox. */
type Row = readonly ["finished"] | readonly ["failed", code: string] | readonly ["again", ms: number, code: string];

/** Performs one notification of a new bypass and gives what came of it: what PagerDuty was sent, and what was recorded. */
async function perform({ effect, in: ending = "requested", before = [POSTED], fault, ...rest }: Given) {
  const { after = 3, setUp = true } = rest;
  const steps = [...declaration(), ...before, ...ENDINGS[ending]];
  const { n, effects } = taken(await testApp.context.ledger.commit(declareItem(newId("notify"), steps, [effect])));
  await testApp.clock.advance(after * 1_000);
  const sent = service.received.length;
  service.fail(fault ?? null);
  const { context, row } = watched(testApp.context);
  const pager = createPagerDuty({ routingKey: ROUTING_KEY, eventsUrl: service.base, timeoutMs: 5_000 });
  const effectContext = {
    ...testApp.effectContext(context),
    outside: setUp ? [pager] : [],
    linkTo: async () => `https://acme.slack.com/${n}`,
  };
  await performEffect(effectContext, effects[0]?.id ?? "");
  await testApp.clock.advance(after * -1_000);
  const record = await context.queries.record(n ?? 0);
  return {
    n,
    sent: service.received.slice(sent).map(({ json }) => json),
    recorded: record?.entries.slice(steps.length).map((entry) => entry.event) ?? [],
    row: row(),
  };
}

/** The context with an outbox that tells how its row was given back. */
function watched(real: AppContext): { context: AppContext; row: () => Row | null } {
  let row: Row | null = null;
  const outbox: AppContext["outbox"] = {
    ...real.outbox,
    finish: (id, result) => {
      row = ["finished"];
      return real.outbox.finish(id, result);
    },
    fail: (id, code) => {
      row = ["failed", code];
      return real.outbox.fail(id, code);
    },
    release: (id, ms, code) => {
      row = ["again", ms, code];
      return real.outbox.release(id, ms, code);
    },
  };
  return { context: { ...real, outbox, pagers: ["pagerduty"] }, row: () => row };
}

/** A row that is tried again after about so many milliseconds: the age of the notification is that of a running clock. */
function expectAgain(row: Row | null, ms: number, code: string): void {
  expect(row).toEqual(["again", expect.any(Number), code]);
  const delay = Number(row?.[1]);
  expect(delay).toBeGreaterThanOrEqual(ms);
  expect(delay).toBeLessThan(ms + 2_000);
}

const failed = (code: string) =>
  expect.objectContaining({ type: "page.failed", step: 0, role: "on-call-lead", user: null, via: "pagerduty", code });

describe("A notification that is taken", () => {
  test("has the key of installation and bypass, and a link, and goes on record", async () => {
    const { n, sent, recorded, row } = await perform({ effect: TRIGGER });
    const key = `breakglass-${await testApp.context.queries.installation()}-BG-${n}`;
    expect(sent).toMatchObject([
      { event_action: "trigger", dedup_key: key, client_url: `https://acme.slack.com/${n}` },
    ]);
    expect(recorded).toMatchObject([{ type: "pager.notified", action: "trigger", step: 0, via: "pagerduty" }]);
    expect(row).toEqual(["finished"]);
  });

  test.each([
    [ACKNOWLEDGE, "active"],
    [RESOLVE, "closed"],
  ] as const)("%j, while it is %s, goes on record as well", async (effect, ending) => {
    const { n, sent, recorded } = await perform({ effect, in: ending });
    expect(sent).toMatchObject([{ event_action: effect.action, dedup_key: expect.stringMatching(`-BG-${n}$`) }]);
    expect(recorded).toMatchObject([{ type: "pager.notified", action: effect.action, step: null }]);
  });
});

describe("A notification for nothing", () => {
  test.each([
    [TRIGGER, "active"],
    [TRIGGER, "denied"],
    [TRIGGER, "closed"],
    [ACKNOWLEDGE, "closed"],
  ] as const)("%j, when it is %s by now, is not sent", async (effect, ending) => {
    expect(await perform({ effect, in: ending })).toMatchObject({ sent: [], recorded: [], row: ["finished"] });
  });

  test("is no end: an earlier notification may have been taken unheard", async () => {
    expect((await perform({ effect: RESOLVE, in: "denied" })).sent).toHaveLength(1);
  });
});

describe("A notification before its alert stands", () => {
  test("waits for it, two seconds and no longer", async () => {
    expect(await perform({ effect: TRIGGER, before: [], after: 0 })).toMatchObject({
      sent: [],
      recorded: [],
      row: ["again", 200, "alert_not_posted"],
    });
    expect((await perform({ effect: TRIGGER, before: [], after: 2 })).sent).toHaveLength(1);
  });

  test("does not wait for one that failed, and an end waits for none", async () => {
    expect((await perform({ effect: TRIGGER, before: [ALERT_FAILED], after: 0 })).sent).toHaveLength(1);
    expect((await perform({ effect: RESOLVE, before: [], in: "denied", after: 0 })).sent).toHaveLength(1);
  });
});

describe("A pager that is away", () => {
  const away = { effect: TRIGGER, fault: "hang_up" } as const;

  test("is tried again, first soon and then less often", async () => {
    expectAgain((await perform({ ...away, after: 0 })).row, 1_000, "unreachable");
    expectAgain((await perform({ ...away, after: 4 })).row, 4_000, "unreachable");
    expect((await perform({ ...away, after: 600 })).row).toEqual(["again", 30_000, "unreachable"]);
  });

  test("is waited for as long as it asks, within reason", async () => {
    const again = async (seconds: number) =>
      (await perform({ ...away, fault: { status: 429, headers: { "retry-after": String(seconds) } } })).row;
    expect(await again(7)).toEqual(["again", 7_000, "http_429"]);
    expect(await again(86_400)).toEqual(["again", 300_000, "http_429"]);
  });

  test("makes a failed page after fifteen seconds, and not before", async () => {
    expect((await perform({ ...away, after: 12 })).recorded).toEqual([]);
    expect((await perform({ ...away, after: 15 })).recorded).toEqual([failed("unreachable")]);
  });

  test("makes no failed page of an end", async () => {
    const end = await perform({ effect: RESOLVE, in: "closed", fault: "hang_up", after: 60 });
    expect(end).toMatchObject({ recorded: [], row: ["again", 30_000, "unreachable"] });
  });
});

describe("A pager that refuses", () => {
  const refused = { fault: { status: 403 } } as const;

  test("makes a failed page at once, and is tried again: its key may have been mended", async () => {
    const { recorded, row } = await perform({ ...refused, effect: TRIGGER, after: 0 });
    expect(recorded).toEqual([failed("http_403")]);
    expect(row).toEqual(["again", 30_000, "http_403"]);
  });

  test("is not told of the end of what never rang", async () => {
    const { recorded, row } = await perform({ ...refused, effect: RESOLVE, in: "denied" });
    expect({ recorded, row }).toEqual({ recorded: [], row: ["failed", "http_403"] });
  });

  test("is told of the end of what rang for a day, and then no more", async () => {
    const end = { ...refused, effect: RESOLVE, in: "closed", before: [POSTED, STEP] } as const;
    expect((await perform({ ...end, after: 60 })).row).toEqual(["again", 30_000, "http_403"]);
    expect((await perform({ ...end, after: 24 * 3_600 })).row).toEqual(["failed", "http_403"]);
  });

  test("is also one that was not set up in this process", async () => {
    const { recorded, row } = await perform({ effect: TRIGGER, setUp: false });
    expect(recorded).toEqual([failed("not_set_up_here")]);
    expect(row).toEqual(["again", 30_000, "not_set_up_here"]);
  });
});
