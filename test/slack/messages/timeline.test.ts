import { expect, test } from "vitest";
import { messageContextOf } from "../../../src/slack/messages/context.js";
import { timelineEntry } from "../../../src/slack/messages/timeline.js";
import type { ShownEntry } from "../../../src/usecases/ports/ports.js";
import { at, opening, policyOf, recordOf } from "./fixtures.js";

test("an event without words of its own is told in those of the catalogue", () => {
  const entry = {
    event: { type: "digest.queued", slot: at(0), channel: "C0INC" },
    actor: { kind: "system", part: "clock" },
    at: at(0),
    version: 3,
    seq: 7,
    head: "0".repeat(24),
    texts: {},
  };
  // The compiler knows no such entry: every event of a bypass has its words.
  const shown: ShownEntry = JSON.parse(JSON.stringify(entry));
  const line = timelineEntry(messageContextOf(recordOf(opening()), policyOf()), shown);
  expect(JSON.stringify(line)).toContain('"the weekly digest was queued for its channel"');
});
