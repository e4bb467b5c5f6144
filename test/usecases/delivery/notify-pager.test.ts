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
import { NOT_RESTORED, openCore } from "../../support/core.js";
import { openPagerDutyDouble, type PagerDutyDouble, ROUTING_KEY } from "../../support/pagers/pagerduty-double.js";
import type { Fault } from "../../support/pagers/service.js";

type NotifyEffect = Extract<Effect, { kind: "notify" }>;
type Step = NewEntry<BypassEvent>;

const BOT = { kind: "system", part: "bot" } as const;
const POSTED: Step = fresh({ type: "alert.posted", channel: "C0INC", ts: "1782136931.000100" }, BOT);
const ALERT_FAILED: Step = fresh({ type: "alert.failed", code: "is_archived" }, BOT);
const NOTIFIED: Step = fresh({ type: "pager.notified", action: "trigger", step: 0, via: "pagerduty" }, BOT);
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
  /** Status of the bypass; `before` holds its earlier entries. */
  readonly in?: keyof typeof ENDINGS;
  readonly before?: readonly Step[];
  /** Fault of PagerDuty; accepts the notification when left out. */
  readonly fault?: Fault;
  /** Age of the notification in seconds; the test's own run time adds to it. */
  readonly after?: number;
  readonly setUp?: boolean;
}

/** What happens to the outbox row. */
type Row = readonly ["finished"] | readonly ["failed", code: string] | readonly ["again", ms: number, code: string];

/**
 * Performs one notification of a new bypass. Returns what PagerDuty received, what was recorded, and the outbox row.
 */
async function perform({ effect, in: ending = "requested", before = [POSTED], fault, ...rest }: Given) {
  const { after = 3, setUp = true } = rest;
  const steps = [...declaration(), ...before, ...ENDINGS[ending]];
  const { n, effects } = taken(await testApp.context.ledger.commit(declareItem(newId("notify"), steps, [effect])));
  await testApp.clock.advance(after * 1_000);
  const sent = service.received.length;
  service.fail(fault ?? null);
  const { context, row } = withNotedRow(testApp.context);
  const pager = createPagerDuty({ routingKey: ROUTING_KEY, eventsUrl: service.base, timeoutMs: 5_000 });
  const effectContext = {
    ...testApp.effectContext(context),
    pagers: setUp ? [pager] : [],
    restored: NOT_RESTORED,
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

/** The context with an outbox that notes how its row was finished or released. */
function withNotedRow(real: AppContext): { context: AppContext; row: () => Row | null } {
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

/** Expects a retry after about `ms`: the age of the notification is measured by a running clock. */
function expectRetry(row: Row | null, ms: number, code: string): void {
  expect(row).toEqual(["again", expect.any(Number), code]);
  const delay = Number(row?.[1]);
  expect(delay).toBeGreaterThanOrEqual(ms);
  expect(delay).toBeLessThan(ms + 2_000);
}

const failed = (code: string) =>
  expect.objectContaining({ type: "page.failed", step: 0, role: "on-call-lead", user: null, via: "pagerduty", code });

describe("An accepted notification", () => {
  test("carries the key of its installation and bypass and a link, and is recorded", async () => {
    const { n, sent, recorded, row } = await perform({ effect: TRIGGER });
    const identity = (await testApp.context.queries.identityAt(n ?? 0, 1))?.slice(0, 12);
    const key = `breakglass-${await testApp.context.queries.installation()}-${identity}-BG-${n}`;
    expect(sent).toMatchObject([
      { event_action: "trigger", dedup_key: key, client_url: `https://acme.slack.com/${n}` },
    ]);
    expect(recorded).toMatchObject([{ type: "pager.notified", action: "trigger", step: 0, via: "pagerduty" }]);
    expect(row).toEqual(["finished"]);
  });

  test.each([
    [ACKNOWLEDGE, "active"],
    [RESOLVE, "closed"],
  ] as const)("%j is recorded while the bypass is %s", async (effect, ending) => {
    const { n, sent, recorded } = await perform({ effect, in: ending });
    expect(sent).toMatchObject([{ event_action: effect.action, dedup_key: expect.stringMatching(`-BG-${n}$`) }]);
    expect(recorded).toMatchObject([{ type: "pager.notified", action: effect.action, step: null }]);
  });
});

describe("An obsolete notification", () => {
  test.each([
    [TRIGGER, "active"],
    [TRIGGER, "denied"],
    [TRIGGER, "closed"],
    [ACKNOWLEDGE, "closed"],
  ] as const)("%j is not sent once the bypass is %s", async (effect, ending) => {
    expect(await perform({ effect, in: ending })).toMatchObject({ sent: [], recorded: [], row: ["finished"] });
  });

  test("is never a resolve, because an earlier trigger may have been accepted although its answer was lost", async () => {
    expect((await perform({ effect: RESOLVE, in: "denied" })).sent).toHaveLength(1);
  });
});

describe("A notification whose alert is not posted", () => {
  test("waits at most two seconds for the alert", async () => {
    expect(await perform({ effect: TRIGGER, before: [], after: 0 })).toMatchObject({
      sent: [],
      recorded: [],
      row: ["again", 200, "alert_not_posted"],
    });
    expect((await perform({ effect: TRIGGER, before: [], after: 2 })).sent).toHaveLength(1);
  });

  test("does not wait when the alert failed or when it resolves the incident", async () => {
    expect((await perform({ effect: TRIGGER, before: [ALERT_FAILED], after: 0 })).sent).toHaveLength(1);
    expect((await perform({ effect: RESOLVE, before: [], in: "denied", after: 0 })).sent).toHaveLength(1);
  });
});

describe("An unreachable pager", () => {
  const away = { effect: TRIGGER, fault: "hang_up" } as const;

  test("is retried with a growing delay of at most 30 seconds", async () => {
    expectRetry((await perform({ ...away, after: 0 })).row, 1_000, "unreachable");
    expectRetry((await perform({ ...away, after: 4 })).row, 4_000, "unreachable");
    expect((await perform({ ...away, after: 600 })).row).toEqual(["again", 30_000, "unreachable"]);
  });

  test("is retried after the delay that it asks for, at most five minutes", async () => {
    const again = async (seconds: number) =>
      (await perform({ ...away, fault: { status: 429, headers: { "retry-after": String(seconds) } } })).row;
    expect(await again(7)).toEqual(["again", 7_000, "http_429"]);
    expect(await again(86_400)).toEqual(["again", 300_000, "http_429"]);
  });

  test("has a failed page recorded after fifteen seconds and not before", async () => {
    expect((await perform({ ...away, after: 12 })).recorded).toEqual([]);
    expect((await perform({ ...away, after: 15 })).recorded).toEqual([failed("unreachable")]);
  });

  test("has no failed page recorded for a resolve", async () => {
    const end = await perform({ effect: RESOLVE, in: "closed", fault: "hang_up", after: 60 });
    expect(end).toMatchObject({ recorded: [], row: ["again", 30_000, "unreachable"] });
  });
});

describe("A pager that refuses", () => {
  const refused = { fault: { status: 403 } } as const;

  test("has a failed page recorded at once, and is retried in case its key is fixed", async () => {
    const { recorded, row } = await perform({ ...refused, effect: TRIGGER, after: 0 });
    expect(recorded).toEqual([failed("http_403")]);
    expect(row).toEqual(["again", 30_000, "http_403"]);
  });

  test("gets no retry of a resolve when it was never triggered", async () => {
    const { recorded, row } = await perform({ ...refused, effect: RESOLVE, in: "denied" });
    expect({ recorded, row }).toEqual({ recorded: [], row: ["failed", "http_403"] });
  });

  test("gets retries of a resolve for one day after it was triggered", async () => {
    const end = { ...refused, effect: RESOLVE, in: "closed", before: [POSTED, NOTIFIED] } as const;
    expect((await perform({ ...end, after: 60 })).row).toEqual(["again", 30_000, "http_403"]);
    expect((await perform({ ...end, after: 24 * 3_600 })).row).toEqual(["failed", "http_403"]);
  });

  test("has a failed page recorded at once when it is not configured in this process", async () => {
    const { recorded, row } = await perform({ effect: TRIGGER, setUp: false });
    expect(recorded).toEqual([failed("not_set_up_here")]);
    expect(row).toEqual(["again", 30_000, "not_set_up_here"]);
  });
});
