import { describe, expect, test } from "vitest";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import type { BypassFact } from "../../../src/domain/bypass/entries.js";
import { createInTurn } from "../../../src/lib/in-turn.js";
import type { Core } from "../../../src/usecases/app-context.js";
import { ringOutside } from "../../../src/usecases/delivery/notify-outside.js";
import type { Deliverer } from "../../../src/usecases/delivery/outbox-results.js";
import type { ClaimedEffect, Ring, RingOutcome } from "../../../src/usecases/ports/ports.js";
import { ENDINGS, type Ending, opening, policySource, recordOf, type Step } from "../../slack/messages/fixtures.js";
import { only } from "../../support/only.js";

type RingEffect = Extract<Effect, { kind: "ring" }>;

const POSTED: Step = [{ type: "alert.posted", channel: "C0INC", ts: "1782136931.000100" }, "bot", 0];
const RUNG: Step = [{ type: "pager.rung", deed: "trigger", rung: 0, via: "pagerduty" }, "bot", 0];
const TRIGGER: RingEffect = { kind: "ring", pager: "pagerduty", deed: "trigger", rung: 0, role: "on-call-lead" };
const ACKNOWLEDGE: RingEffect = { ...TRIGGER, deed: "acknowledge", rung: null, role: null };
const RESOLVE: RingEffect = { ...ACKNOWLEDGE, deed: "resolve" };

const nothing = (): void => {};
interface Given {
  readonly effect: RingEffect;
  /** Of the whole bypass, in a status, with what stood before. */
  readonly in?: Ending;
  readonly before?: readonly Step[];
  readonly answer?: RingOutcome;
  /** Seconds since the ring was asked for. */
  readonly after?: number;
  readonly setUp?: boolean;
}

/** Performs one ring and gives what became of it: what was sent, recorded, and done with the row. */
async function perform({ effect, in: ending = "requested", before = [POSTED], ...rest }: Given) {
  const { answer = { ok: true }, after = 1, setUp = true } = rest;
  const record = recordOf([...opening(), ...before, ...ENDINGS[ending]]);
  const rings: Ring[] = [];
  const recorded: BypassFact[] = [];
  const row: unknown[] = [];
  const core = only<Core>({
    ledger: only<Core["ledger"]>({
      load: async () => ({ entries: record.entries, now: record.now }),
      known: async () => false,
      commit: async (item) => {
        recorded.push(...item.entries.map(({ body }) => JSON.parse(body)));
        return { ok: true, duplicate: false, n: 42, firstSeq: 9, lastSeq: 9, head: "0".repeat(24), effects: [] };
      },
    }),
    queries: only<Core["queries"]>({ installation: async () => "0123456789ab" }),
    outbox: only<Core["outbox"]>({
      finish: async () => {
        row.push("finished");
        return { next: [] };
      },
      fail: async (_, code) => {
        row.push(`failed ${code}`);
        return { next: [] };
      },
      release: async (_, delayMs, code) => void row.push(`again in ${delayMs}: ${code}`),
    }),
    policy: policySource(),
    pagers: ["pagerduty"],
    wake: { effects: nothing, later: nothing, tick: nothing, chase: nothing },
    random: { hex: (bytes) => "0".repeat(bytes * 2) },
    observer: { commit: nothing, refusal: nothing, delivery: nothing, alerted: nothing, paged: nothing },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    inTurn: createInTurn(),
  });
  const deliverer = only<Deliverer>({
    core,
    outside: setUp
      ? [
          {
            name: "pagerduty",
            ring: async (ring) => {
              rings.push(ring);
              return answer;
            },
          },
        ]
      : [],
    linkTo: async ({ n }) => `https://slack/${n}`,
  });
  const createdAt = new Date(record.now.getTime() - after * 1_000);
  const claimed: ClaimedEffect = { id: "e1", n: 42, effect, attempt: 1, createdAt };
  await ringOutside(deliverer, claimed, effect, record);
  return { rings, recorded, row };
}

const REFUSED: RingOutcome = { ok: false, kind: "refused", code: "http_403" };
const LATER: RingOutcome = { ok: false, kind: "later", retryAfterMs: null, code: "unreachable" };
const failed = (code: string) =>
  expect.objectContaining({ type: "page.failed", rung: 0, role: "on-call-lead", user: null, via: "pagerduty", code });

describe("A ring that is taken", () => {
  test("has the key of installation and bypass, and a link, and goes on record", async () => {
    const { rings, recorded, row } = await perform({ effect: TRIGGER });
    expect(rings).toMatchObject([
      {
        deed: "trigger",
        key: "breakglass-0123456789ab-BG-42",
        rung: 0,
        role: "on-call-lead",
        link: "https://slack/42",
      },
    ]);
    expect(recorded).toMatchObject([{ type: "pager.rung", deed: "trigger", rung: 0, via: "pagerduty" }]);
    expect(row).toEqual(["finished"]);
  });

  test.each([
    [ACKNOWLEDGE, "active"],
    [RESOLVE, "closed"],
  ] as const)("%j, while it is %s, goes on record as well", async (effect, ending) => {
    const { rings, recorded } = await perform({ effect, in: ending });
    expect(rings).toMatchObject([{ deed: effect.deed, key: "breakglass-0123456789ab-BG-42", rung: null, role: null }]);
    expect(recorded).toMatchObject([{ type: "pager.rung", deed: effect.deed, rung: null }]);
  });
});

describe("A ring for nothing", () => {
  test.each([
    [TRIGGER, "active"],
    [TRIGGER, "denied"],
    [TRIGGER, "closed"],
    [ACKNOWLEDGE, "expired"],
  ] as const)("%j, when it is %s by now, is not sent", async (effect, ending) => {
    expect(await perform({ effect, in: ending })).toEqual({ rings: [], recorded: [], row: ["finished"] });
  });

  test("is no end: an earlier ring may have been taken unheard", async () => {
    expect((await perform({ effect: RESOLVE, in: "denied" })).rings).toHaveLength(1);
  });
});

describe("A ring before its alert stands", () => {
  test("waits for it, two seconds and no longer", async () => {
    expect(await perform({ effect: TRIGGER, before: [], after: 1.9 })).toEqual({
      rings: [],
      recorded: [],
      row: ["again in 200: alert_not_posted"],
    });
    expect((await perform({ effect: TRIGGER, before: [], after: 2 })).rings).toHaveLength(1);
  });

  test("does not wait for one that failed, and an end waits for none", async () => {
    const before: readonly Step[] = [[{ type: "alert.failed", code: "is_archived" }, "bot", 0]];
    expect((await perform({ effect: TRIGGER, before, after: 0 })).rings).toHaveLength(1);
    expect((await perform({ effect: RESOLVE, before: [], in: "denied", after: 0 })).rings).toHaveLength(1);
  });
});

describe("A pager that is away", () => {
  test("is tried again, first soon and then less often", async () => {
    const again = async (after: number) => (await perform({ effect: TRIGGER, answer: LATER, after })).row;
    expect(await again(0)).toEqual(["again in 1000: unreachable"]);
    expect(await again(4)).toEqual(["again in 4000: unreachable"]);
    expect(await again(600)).toEqual(["again in 30000: unreachable"]);
  });

  test("is waited for as long as it asks, within reason", async () => {
    const again = async (retryAfterMs: number) =>
      (await perform({ effect: TRIGGER, answer: { ...LATER, retryAfterMs } })).row;
    expect(await again(7_000)).toEqual(["again in 7000: unreachable"]);
    expect(await again(86_400_000)).toEqual(["again in 300000: unreachable"]);
  });

  test("makes a failed page after fifteen seconds, and not before", async () => {
    expect((await perform({ effect: TRIGGER, answer: LATER, after: 14.9 })).recorded).toEqual([]);
    expect((await perform({ effect: TRIGGER, answer: LATER, after: 15 })).recorded).toEqual([failed("unreachable")]);
  });

  test("makes no failed page of an end", async () => {
    const end = await perform({ effect: RESOLVE, in: "closed", answer: LATER, after: 60 });
    expect(end).toMatchObject({ recorded: [], row: ["again in 30000: unreachable"] });
  });
});

describe("A pager that refuses", () => {
  test("makes a failed page at once, and is tried again: its key may have been mended", async () => {
    const { recorded, row } = await perform({ effect: TRIGGER, answer: REFUSED, after: 0 });
    expect(recorded).toEqual([failed("http_403")]);
    expect(row).toEqual(["again in 30000: http_403"]);
  });

  test("is not told of the end of what never rang", async () => {
    const { recorded, row } = await perform({ effect: RESOLVE, in: "denied", answer: REFUSED });
    expect({ recorded, row }).toEqual({ recorded: [], row: ["failed http_403"] });
  });

  test("is told of the end of what rang for a day, and then no more", async () => {
    const end = { effect: RESOLVE, in: "closed", before: [POSTED, RUNG], answer: REFUSED } as const;
    expect((await perform({ ...end, after: 60 })).row).toEqual(["again in 30000: http_403"]);
    expect((await perform({ ...end, after: 24 * 3_600 })).row).toEqual(["failed http_403"]);
  });

  test("is also one that was not set up in this process", async () => {
    const { recorded, row } = await perform({ effect: TRIGGER, setUp: false });
    expect(recorded).toEqual([failed("not_set_up_here")]);
    expect(row).toEqual(["again in 30000: not_set_up_here"]);
  });
});
