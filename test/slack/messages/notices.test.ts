import { describe, expect, test } from "vitest";
import { renderPlain, validateBlocks, validateView } from "../../../demo/slack/index.js";
import { FORCES, type Force, VERDICTS, type Verdict } from "../../../src/domain/events/catalogue/review.js";
import type { GateItem } from "../../../src/domain/gate/gate-item.js";
import type { Reading } from "../../../src/domain/gate/readings.js";
import { NOT_FOLLOWED_UP } from "../../../src/domain/reminders/due-now.js";
import type { ReviewForm } from "../../../src/domain/review/form.js";
import { homeView } from "../../../src/slack/home/view.js";
import { messageContextOf } from "../../../src/slack/messages/context.js";
import { renderNotice } from "../../../src/slack/messages/render.js";
import { reviewView } from "../../../src/slack/review/view.js";
import { historyInWords, readingsInWords } from "../../../src/slack/stats/words.js";
import type {
  ActionSummary,
  BypassSummary,
  NoticeContent,
  RecordedGateItem,
} from "../../../src/usecases/ports/ports.js";
import { ENDINGS, opening, policyOf, recordOf, type Step } from "./fixtures.js";

const NOW = "2027-03-10T12:00:00.000Z";
const GATES = Array.from({ length: 100 }, (_, index) => `${"g".repeat(60)}${index}`);

/** Titles, names and lists at the maximum lengths of the policy's schema. */
const longest = policyOf(
  JSON.stringify({
    version: 1,
    alert_channel: "#incidents",
    roles: { ["r".repeat(63)]: { slack_users: Array.from({ length: 60 }, (_, index) => `U0ROLE${index}`) } },
    gates: Object.fromEntries(
      GATES.map((gate, at) => [gate, { title: `${"&".repeat(73)}${at}`, instead: "<".repeat(300) }]),
    ),
    paths: {
      ["p".repeat(63)]: {
        title: "&".repeat(75),
        who_can_invoke: ["r".repeat(63)],
        requires: ["reason"],
        expires_after: "24h",
      },
    },
  }),
);
const role = "r".repeat(63);
const HEAD = "f".repeat(24);

const bypass = (n: number): BypassSummary => ({
  n: 999_999_000 + n,
  version: 100_000 + n,
  identity: HEAD,
  kind: "drill",
  status: n % 2 === 0 ? "requested" : "active",
  path: "p".repeat(63),
  gates: GATES,
  requesterUser: "U0PRIYA",
  requesterPerson: "priya",
  targetKind: "text",
  incident: "I".repeat(100),
  channel: "C0INC",
  alertTs: "1.2",
  declaredAt: NOW,
  settledAt: NOW,
  rejectedAt: null,
  endsAt: NOW,
  endedAt: NOW,
  nextDueAt: null,
  reviewStatus: "open",
  reviewDueAt: "2027-01-01T00:00:00.000Z",
  reviewerRole: role,
  verdict: null,
  gatesAtFault: [],
  forcedBy: null,
  reviewedAt: null,
  reviewEdition: 0,
  actionsOpened: 20,
  reviewRoles: [role, role],
  reviewPutOffUntil: null,
  declaredFor: "#incidents",
});
const action = (n: number): ActionSummary => ({
  n: 999_999_000 + n,
  kind: "bypass",
  action: 20,
  version: 100_000,
  identity: HEAD,
  owner: `U0OWNER${n}`,
  dueAt: "2027-01-01T00:00:00.000Z",
  putOffUntil: null,
  what: "<!channel> & ".repeat(250),
});
const item = (gate: string): RecordedGateItem => ({
  gate,
  item: 999_999,
  identity: HEAD,
  status: "open",
  owner: role,
  openedSeq: 1,
  openedAt: NOW,
  dueAt: "2027-01-01T00:00:00.000Z",
  closedAt: null,
  fixedAt: null,
  progress: NOT_FOLLOWED_UP,
});
const all = <const T extends string>(keys: readonly T[], count: number) =>
  Object.fromEntries(keys.map((key) => [key, count])) as Record<T, number>;
const reading = (gate: string): Reading => ({
  gate,
  temperature: "sick",
  because: "count",
  count: 1000,
  before: 1000,
  counting: 1000,
  forcedBy: all<Force>(FORCES, 1000),
  verdicts: all<Verdict>(VERDICTS, 1000),
  reviewed: 1000,
  atFault: 999,
  unreviewed: 1000,
  openSeconds: 9_999_999,
  bypasses: Array.from({ length: 1000 }, (_, index) => 999_999_000 + index),
  fixedAt: null,
});
const drill = {
  path: "p".repeat(63),
  title: "&".repeat(75),
  role,
  escalateTo: null,
  channel: "#incidents",
  dueAt: "2027-01-01T00:00:00.000Z",
  followUp: {
    plan: { openedAt: NOW, dueAt: NOW, rules: [], escalateAfter: null, officeHours: longest.officeHours },
    progress: NOT_FOLLOWED_UP,
  },
};
const many = <T>(make: (n: number) => T, count = 60): T[] => Array.from({ length: count }, (_, n) => make(n));

const lists = {
  now: NOW,
  reviews: many(bypass),
  actions: many(action),
  gates: GATES.map(item),
  drills: many(() => drill),
};
const waits = { kind: "waits", to: "U0DANA", ...lists } as const;
const gateNotice = (status: GateItem["status"], about: "item" | "closed"): NoticeContent => ({
  kind: "gate",
  about,
  channel: "#incidents",
  now: NOW,
  item: { ...item(GATES[0] ?? ""), status, closedAt: NOW },
  evidence: {
    type: "gate.flagged",
    gate: GATES[0] ?? "",
    item: 999_999,
    owner: role,
    dueAt: NOW,
    because: "count",
    count: 1000,
    reviewed: 0,
    atFault: 0,
    windowSeconds: 2_592_000,
    bypasses: reading("x").bypasses.slice(0, 50),
  },
  reading: reading(GATES[0] ?? ""),
  marks: [{ seq: 9, head: HEAD, item: 999_999, what: "changed", at: NOW, reason: "<!channel> & ".repeat(230) }],
});
const NOTICES: readonly NoticeContent[] = [
  waits,
  { kind: "overdue", channel: "#incidents", ...lists },
  {
    kind: "digest",
    channel: "#incidents",
    from: NOW,
    slot: NOW,
    now: NOW,
    counts: {
      bypasses: { requested: 9, active: 9, denied: 9, withdrawn: 9, lapsed: 9, expired: 9, closed: 9, revoked: 9 },
      drills: 9,
      reviewsDue: 9,
      reviewsSubmitted: 9,
      reviewsOverdue: 9,
      actionsOpen: 9,
      actionsOverdue: 9,
    },
    acks: many((n) => ({ path: `path-${n}`, acks: 9, medianSeconds: 99, pairShare: 0.5 })),
    readings: GATES.map(reading),
  },
  gateNotice("open", "item"),
  gateNotice("fixed", "item"),
  gateNotice("recovered", "closed"),
  {
    kind: "uses",
    n: 999_999_999,
    channel: "#incidents",
    total: 1_000,
    uses: many((n) => ({
      seq: n + 1,
      gate: GATES[n] ?? "",
      run: `jenkins:${"<&".repeat(80)}`,
      issuer: "https://ci.example.com",
      repository: "1",
      commit: "a".repeat(64),
      proven: false,
      at: NOW,
    })),
  },
];

describe("Slack's limits", () => {
  test.each(NOTICES.map((notice) => [notice.kind, notice] as const))(
    "hold for the notice %s at its longest",
    (_, notice) => {
      const message = renderNotice(notice, longest);
      expect(validateBlocks(message.blocks, "message")).toEqual([]);
      expect(message.text.length).toBeLessThanOrEqual(4000);
      expect(message.text.length).toBeGreaterThan(40);
      expect(JSON.stringify(message)).not.toContain("<!channel>");
    },
  );

  test("hold for a full Home", () => {
    const board = {
      ok: true,
      now: new Date(NOW),
      mayInvoke: true,
      acks: many(bypass),
      unreadable: Array.from({ length: 20 }, (_, index) => 1_000_000 + index),
      waits,
      open: many(bypass),
      openInAll: 2_000,
      readings: GATES.map(reading),
    } as const;
    expect(validateView(homeView(board, "U0DANA", longest), "home")).toEqual([]);
  });

  test("hold for the review form with the longest timeline and every field filled in", () => {
    const logs = many(
      (): Step => [{ type: "bypass.logged", via: "command" }, "U0PRIYA", 5, { line: "x".repeat(3000) }],
      400,
    );
    const context = messageContextOf(recordOf([...opening({ gates: GATES }), ...logs, ...ENDINGS.closed]), longest);
    const form: ReviewForm = {
      edition: 12,
      verdict: "gate-at-fault",
      gatesAtFault: GATES,
      forcedBy: "other",
      aftermath: "unknown",
      lesson: "&".repeat(3000),
      actions: many(() => ({ what: "w".repeat(500), owner: "U0TOM", due: "2027-04-01" }), 5),
    };
    expect(validateView(reviewView(context, form), "modal")).toEqual([]);
  });

  test("hold for the readings and the history of a gate as text", () => {
    const readings = GATES.map(reading);
    const listing = readingsInWords({ ok: true, now: NOW, readings, items: GATES.map(item) }, longest);
    expect(listing.length).toBeLessThanOrEqual(3500);
    // The chart shows the first fifteen gates, and the text promises all its numbers.
    for (const gate of GATES.slice(0, 15)) expect(listing).toContain(gate);
    expect(listing).toMatch(/and \d+ more, none sicker than these/);
    const history = {
      ok: true,
      now: NOW,
      reading: reading(GATES[0] ?? ""),
      item: item(GATES[0] ?? ""),
      months: many((n) => ({ month: `2026-${n}`, count: 1000 }), 12),
      marks: many(() => ({ seq: 1, head: HEAD, item: 1, what: "changed" as const, at: NOW, reason: "&".repeat(3000) })),
    } as const;
    expect(historyInWords(history, longest).length).toBeLessThanOrEqual(4000);
  });
});

test("a reminder says what waits for the reader and since when, in its blocks and in its text", () => {
  const review = { ...bypass(1), n: 42, kind: "bypass" as const, gates: ["e2e-suite"], version: 9 };
  const notice = { ...waits, reviews: [review], actions: [], gates: [], drills: [] };
  const { text, blocks } = renderNotice(notice, policyOf());
  const seen = renderPlain({
    channel: "C0",
    ts: "1.0",
    user: "U0BOT",
    broadcast: false,
    text,
    blocks: JSON.parse(JSON.stringify(blocks)),
  });
  expect(seen).toContain("1 review waits for you");
  expect(seen).toContain("REV-42 of BG-42 (End-to-end suite (40 min)): overdue for");
  expect(seen).toContain("[Write Review]");
  expect(text).toContain("REV-42 of BG-42");
});
