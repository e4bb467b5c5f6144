import { describe, expect, test } from "vitest";
import { isNotice, type Notice, noticeKey, noticeLane } from "../../../src/domain/notices/effects.js";

const SLOT = "2027-03-11T08:00:00.000Z";

/** Each kind, the key of the message that it posts, and its lane in the outbox. */
const NOTICES: readonly (readonly [notice: Notice, key: string | null, lane: string])[] = [
  [{ kind: "reminder", role: "on-call-lead", user: null, slot: SLOT }, null, `reminder:on-call-lead:${SLOT}`],
  [{ kind: "reminder", role: null, user: "U0LEO", slot: SLOT }, null, `reminder:U0LEO:${SLOT}`],
  [{ kind: "reminder", role: null, user: null, slot: SLOT }, null, `reminder::${SLOT}`],
  [{ kind: "reminder.post", to: "U0LEO", slot: SLOT }, `reminder:U0LEO:${SLOT}`, "dm:U0LEO"],
  [{ kind: "overdue", channel: "#incidents", slot: SLOT }, null, `overdue:#incidents:${SLOT}`],
  [{ kind: "overdue.post", channel: "#incidents", slot: SLOT }, `overdue:#incidents:${SLOT}`, "channel:#incidents"],
  [{ kind: "digest.post", channel: "#incidents", slot: SLOT }, `digest:#incidents:${SLOT}`, "channel:#incidents"],
  [{ kind: "gate.post", gate: "e2e-suite", item: 2 }, "gate:e2e-suite:2", "gate:e2e-suite"],
  [{ kind: "gate.update", gate: "e2e-suite", item: 2 }, "gate:e2e-suite:2", "gate:e2e-suite"],
  [{ kind: "gate.reply", gate: "e2e-suite", item: 2 }, "gate-reply:e2e-suite:2", "gate:e2e-suite"],
  [{ kind: "gap.post", channel: "C0INC", slot: SLOT }, `gap:C0INC:${SLOT}`, "channel:C0INC"],
  [{ kind: "readings" }, null, "readings"],
];

describe("A notice", () => {
  test.each(NOTICES)("%o has the key %s and the lane %s", (notice, key, lane) => {
    expect(isNotice(notice)).toBe(true);
    expect(noticeKey(notice)).toBe(key);
    expect(noticeLane(notice)).toBe(lane);
  });

  test.each(["alert.post", "thread.post", "dm.post", "message.update", "rerender", "page", "notify", ""])(
    "is not an effect of a bypass: %s",
    (kind) => {
      expect(isNotice({ kind })).toBe(false);
    },
  );
});
