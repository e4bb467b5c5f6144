import { expect, test } from "vitest";
import { parseMessageKey } from "../../../src/domain/bypass/effects.js";

test("message keys are read back, and nothing else is", () => {
  expect(parseMessageKey("alert")).toEqual({ place: "alert" });
  expect(parseMessageKey("thread:page-failed:7")).toEqual({ place: "thread", about: "page-failed", version: 7 });
  expect(parseMessageKey("dm:U0DANA:ask:4")).toEqual({ place: "direct", to: "U0DANA", about: "ask", version: 4 });
  for (const key of [
    "",
    "alerts",
    "thread:nope:7",
    "thread:settled",
    "thread:settled:0",
    "dm:U1:ask",
    "dm:U1:x:ask:4",
  ]) {
    expect(parseMessageKey(key), key).toBeNull();
  }
});
