import { describe, expect, test } from "vitest";
import type { Effect } from "../../../src/domain/bypass/effects.js";
import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { evolve } from "../../../src/domain/bypass/evolve.js";
import type { BypassState } from "../../../src/domain/bypass/state.js";
import type { Entry } from "../../../src/domain/events/entries.js";
import { brokenPromises, COMPARED_KINDS, effectName, type StoredEffect } from "../../../src/domain/verify/promises.js";
import { since } from "../../support/domain/clock.js";
import {
  acked,
  activated,
  at,
  bySystem,
  closed,
  declared,
  denied,
  escalated,
  type Line,
  paged,
  pageFailed,
  pageSent,
  reminded,
  submitted,
  waived,
  warned,
} from "../../support/domain/lines.js";
import { LEO, MIRA } from "../../support/domain/people.js";
import { numbered } from "../../support/domain/scenario.js";

const posted = bySystem("delivery", { type: "alert.posted", channel: "#incidents", ts: "1.1" });
const overdue = bySystem("clock", { type: "review.overdue", slot: since("70h") });
const told: readonly Line[] = [
  at("1s", posted),
  at("2s", paged(0, "on-call-lead", ["U0LEO"])),
  at("3s", pageSent(0, "U0LEO")),
];

/** From the declaration to an overdue review: every kind of message that is compared. */
const LONG: readonly Line[] = [
  ...declared(),
  ...told,
  at("180s", reminded(1)),
  at("300s", escalated(1, "incident-commander")),
  at("301s", paged(1, "incident-commander", ["U0IDA"])),
  at("302s", pageFailed(1, "incident-commander")),
  at("303s", pageSent(1, "U0IDA")),
  at("8m", acked(LEO)),
  at("8m", activated(LEO, "68m")),
  at("63m", warned),
  at("64m", closed),
  at("70h", overdue),
];

interface Row extends StoredEffect {
  readonly effect: Readonly<Record<string, unknown>>;
}

/** The rows that the commits of these entries queue, delivered within a second. */
function delivered(entries: readonly Entry[], change: (effect: Effect) => Partial<StoredEffect> = () => ({})): Row[] {
  const rows: Row[] = [];
  let state: BypassState = null;
  for (const entry of entries) {
    for (const effect of effectsOf(state, [entry])) {
      const doneAt = new Date(Date.parse(entry.at) + 1_000).toISOString();
      const row = { effect: { ...effect }, createdAt: entry.at, doneAt, posted: true, failedCode: null };
      if (COMPARED_KINDS.includes(effect.kind)) rows.push({ ...row, ...change(effect) });
    }
    state = evolve(state, entry);
  }
  return rows;
}

const entriesOf = (lines: readonly Line[]): readonly Entry[] => numbered(lines);
const broken = (lines: readonly Line[], rows: readonly StoredEffect[], restoredAt: string | null = null) =>
  brokenPromises(entriesOf(lines), rows, restoredAt);

describe("what the entries of a bypass call for", () => {
  test("is kept when each message was queued, and delivered or waiting", () => {
    expect(broken(LONG, delivered(entriesOf(LONG)))).toEqual([]);
    expect(
      broken(
        LONG,
        delivered(entriesOf(LONG), () => ({ doneAt: null, posted: false })),
      ),
    ).toEqual([]);
  });

  test("is named when its row is missing, each by its title", () => {
    const rows = delivered(entriesOf(LONG));
    const named = rows.map((row) => {
      const found = broken(
        LONG,
        rows.filter((other) => other !== row),
      );
      expect(found).toHaveLength(1);
      return found[0];
    });
    expect(named).toEqual([
      "nothing was queued for its alert, which its version 1 calls for",
      "nothing was queued for the page of on-call-lead, which its version 1 calls for",
      "nothing was queued for the message to U0DANA (pending), which its version 1 calls for",
      "nothing was queued for the message that asks U0LEO, which its version 4 calls for",
      "nothing was queued for the reply in its thread (reminder), which its version 6 calls for",
      "nothing was queued for the page of incident-commander, which its version 7 calls for",
      "nothing was queued for the reply in its thread (escalated), which its version 7 calls for",
      "nothing was queued for the message that asks U0IDA, which its version 8 calls for",
      "nothing was queued for the reply in its thread (page-failed), which its version 9 calls for",
      "nothing was queued for the reply in its thread (settled), which its version 12 calls for",
      "nothing was queued for the message to U0DANA (outcome), which its version 12 calls for",
      "nothing was queued for the reply in its thread (warning), which its version 13 calls for",
      "nothing was queued for the message to U0DANA (warning), which its version 13 calls for",
      "nothing was queued for the reply in its thread (ended), which its version 14 calls for",
      "nothing was queued for the message about what is overdue, which its version 15 calls for",
    ]);
  });

  test("needs a message or a failure, unless the message may have been overtaken", () => {
    const undone = delivered(entriesOf(LONG), () => ({ posted: false }));
    expect(broken(LONG, undone)).toEqual([
      "no entry tells what came of the message to U0DANA (pending), which its version 1 calls for, but it no longer waits",
      "no entry tells what came of the reply in its thread (reminder), which its version 6 calls for, but it no longer waits",
      "no entry tells what came of the reply in its thread (escalated), which its version 7 calls for, but it no longer waits",
      "no entry tells what came of the reply in its thread (settled), which its version 12 calls for, but it no longer waits",
      "no entry tells what came of the message to U0DANA (outcome), which its version 12 calls for, but it no longer waits",
      "no entry tells what came of the reply in its thread (ended), which its version 14 calls for, but it no longer waits",
    ]);
    const failed = delivered(entriesOf(LONG), () => ({ posted: false, failedCode: "channel_not_found" }));
    expect(broken(LONG, failed)).toEqual([]);
  });
});

describe("a request that waits", () => {
  const WAITING = declared();
  const undone = delivered(entriesOf(WAITING), () => ({ posted: false }));

  test("needs an entry of what came of its alert and of its page", () => {
    expect(broken(WAITING, undone)).toEqual([
      expect.stringContaining("no entry tells what came of its alert"),
      expect.stringContaining("no entry tells what came of the page of on-call-lead"),
      expect.stringContaining("no entry tells what came of the message to U0DANA (pending)"),
    ]);
    const another = [
      at("2s", paged(0, "incident-commander", ["U0LEO"])),
      at("2s", paged(1, "on-call-lead", ["U0LEO"])),
    ];
    const found = broken([...WAITING, ...another], undone).join("\n");
    expect(found).toContain("the page of on-call-lead, which its version 1");
  });

  test("is not held to a page once somebody answered, a minute later at most", () => {
    const settled = [...WAITING, at("5m", denied(LEO)), at("5m", waived)];
    const doneAt = (after: string, milliseconds = 0) =>
      delivered(entriesOf(settled), (effect) =>
        effect.kind === "page" ? { doneAt: since(after, milliseconds), posted: false } : { failedCode: "x" },
      );
    const ofPages = (rows: readonly StoredEffect[]) => broken(settled, rows).filter((one) => one.includes("the page"));
    expect(ofPages(doneAt("4m"))).toEqual([]);
    expect(ofPages(doneAt("239s", 999))).toHaveLength(1);
    expect(broken(settled, doneAt("6m")).join()).toContain("what came of its alert");
  });

  test("may lose a question, but no page, that came with a restored backup or belongs to a drill", () => {
    const asking = (kind: "bypass" | "drill"): readonly Line[] => {
      const [first, second] = declared(undefined, { kind });
      if (first.event.type !== "bypass.declared") throw new Error("No declaration.");
      const ack = { ...first.event.ack, roles: ["on-call-lead", "incident-commander"] };
      return [{ ...first, event: { ...first.event, ack } }, second];
    };
    const pages = (lines: readonly Line[], until: string | null) =>
      broken(
        lines,
        delivered(entriesOf(lines), () => ({ posted: false })),
        until,
      ).filter((one) => one.includes("page of"));
    const page = expect.stringContaining("the page of on-call-lead");
    const question = expect.stringContaining("the page of incident-commander");
    expect(pages(asking("bypass"), null)).toEqual([page, question]);
    expect(pages(asking("bypass"), since("0s", -1))).toEqual([page, question]);
    expect(pages(asking("bypass"), since("0s"))).toEqual([page]);
    expect(pages(asking("drill"), null)).toEqual([page]);
  });

  test("takes an entry about the same person and step for the outcome of a message", () => {
    const asked = [...WAITING, at("1s", posted), at("2s", paged(0, "on-call-lead", ["U0LEO", "U0MIRA"]))];
    const found = (...more: readonly Line[]) =>
      broken(
        [...asked, ...more],
        delivered(entriesOf(asked), (one) => ({ posted: one.kind !== "dm.post" || one.about !== "ask" })),
      );
    expect(found()).toHaveLength(2);
    expect(found(at("3s", pageSent(0, "U0LEO")))).toEqual([expect.stringContaining("asks U0MIRA")]);
    expect(found(at("3s", pageSent(1, "U0LEO")), at("3s", pageSent(0, "U0MIRA")))).toEqual([
      expect.stringContaining("asks U0LEO"),
    ]);
    const failed = bySystem("delivery", {
      type: "page.failed",
      step: 0,
      user: "U0LEO",
      role: "on-call-lead",
      via: "slack",
      code: "x",
    });
    expect(found(at("3s", failed))).toEqual([expect.stringContaining("asks U0MIRA")]);
  });
});

test("a review that was written is told in the thread", () => {
  const written = [...LONG, at("71h", submitted(MIRA))];
  const rows = delivered(entriesOf(written));
  const review = rows.filter(({ effect }) => effect.about === "review");
  expect(review).toHaveLength(1);
  expect(
    broken(
      written,
      rows.filter((row) => !review.includes(row)),
    ),
  ).toEqual(["nothing was queued for the reply in its thread (review), which its version 16 calls for"]);
});

describe("the name of an effect", () => {
  test("is the same for the same message, and only for that", () => {
    const reply = { kind: "gate.reply", gate: "e2e-suite", item: 1 };
    expect(effectName(reply)).toBe(effectName({ item: 1, gate: "e2e-suite", kind: "gate.reply", lane: "x" }));
    expect(effectName(reply)).not.toBe(effectName({ ...reply, putOff: 1 }));
    expect(effectName(reply)).not.toBe(effectName({ ...reply, item: 2 }));
    expect(effectName({ kind: "message.update", message: "alert", version: 3 })).toBeNull();
    expect(effectName({})).toBeNull();
  });

  test.each([
    [{ kind: "alert.post" }, { again: 3 }],
    [{ kind: "page", purpose: "page", role: "lead", step: 0 }, { purpose: "ask" }],
    [{ kind: "page", purpose: "page", role: "lead", step: 0 }, { step: 1 }],
    [{ kind: "dm.post", to: "U0LEO", about: "ask", version: 3 }, { to: "U0MIRA" }],
    [{ kind: "thread.post", about: "reminder", version: 3 }, { version: 4 }],
    [{ kind: "reminder", role: "lead", user: null, slot: "a" }, { slot: "b" }],
    [{ kind: "reminder.post", to: "U0LEO", slot: "a" }, { to: "U0MIRA" }],
    [{ kind: "overdue", channel: "C1", slot: "a" }, { channel: "C2" }],
    [{ kind: "overdue.post", channel: "C1", slot: "a" }, { slot: "b" }],
    [{ kind: "digest.post", channel: "C1", slot: "a" }, { slot: "b" }],
    [{ kind: "gate.post", gate: "e2e-suite", item: 1 }, { item: 2 }],
  ])("of %j differs with %j", (effect, change) => {
    expect(effectName(effect)).not.toBeNull();
    expect(effectName({ ...effect, ...change })).not.toBe(effectName(effect));
  });
});
