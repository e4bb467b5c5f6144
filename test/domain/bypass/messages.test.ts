import { describe, expect, test } from "vitest";
import {
  DIRECT_TOPICS,
  type Effect,
  laneOf,
  messageKey,
  messageNameOf,
  type PostEffect,
  parseMessageKey,
  THREAD_TOPICS,
} from "../../../src/domain/bypass/effects.js";
import { PAGER_ACTIONS } from "../../../src/domain/events/catalogue/delivery.js";

const POSTS: readonly (readonly [PostEffect, string])[] = [
  [{ kind: "alert.post" }, "alert"],
  ...THREAD_TOPICS.map(
    (about) => [{ kind: "thread.post", about, version: 7, broadcast: false }, `thread:${about}:7`] as const,
  ),
  ...DIRECT_TOPICS.map(
    (about) => [{ kind: "dm.post", to: "U0LEO", about, version: 12, step: null }, `dm:U0LEO:${about}:12`] as const,
  ),
];

describe("A posted message", () => {
  test.each(POSTS)("of %o has the key %s", (post, key) => {
    expect(messageKey(post)).toBe(key);
    expect(parseMessageKey(key)).toEqual(messageNameOf(post));
  });

  test("can be about the first entry", () => {
    expect(parseMessageKey("dm:U0DANA:pending:1")).toEqual({
      place: "direct",
      to: "U0DANA",
      about: "pending",
      version: 1,
    });
  });

  test("is about a topic from the lists that stored keys rely on", () => {
    expect(THREAD_TOPICS).toContain("page-failed");
    expect(DIRECT_TOPICS).toContain("alert-failed");
    expect(PAGER_ACTIONS).toEqual(["trigger", "acknowledge", "resolve"]);
  });

  test("has a key that parses into its parts", () => {
    expect(messageNameOf({ kind: "alert.post" })).toEqual({ place: "alert" });
    expect(messageNameOf({ kind: "thread.post", about: "view", version: 9, broadcast: true })).toEqual({
      place: "thread",
      about: "view",
      version: 9,
    });
    expect(parseMessageKey("thread:page-failed:7")).toEqual({ place: "thread", about: "page-failed", version: 7 });
    expect(messageNameOf({ kind: "dm.post", to: "U0TOM", about: "action", version: 3, step: 1 })).toEqual({
      place: "direct",
      to: "U0TOM",
      about: "action",
      version: 3,
    });
  });

  test.each([
    "",
    "alerts",
    "alert:1",
    "thread:settled",
    "thread:nope:7",
    "thread:view:1.5",
    "thread:view:-1",
    "thread:view:0",
    "thread:view:x",
    "thread:ask:1",
    "thread:U0LEO:view:1",
    "dm:ask:1",
    "dm:U0LEO:ask",
    "dm:U0LEO:x:ask:4",
    "dm:U0LEO:view:1",
    "dm:U0LEO:ask:0",
    "dm:U0LEO:ask:9007199254740993",
    "channel:view:1",
    "channel:U0LEO:ask:1",
    "view:1",
  ])("never has the key %j", (key) => {
    expect(parseMessageKey(key)).toBeNull();
  });
});

describe("The lane of an effect", () => {
  test.each<[Effect, string]>([
    [{ kind: "alert.post" }, "channel"],
    [{ kind: "thread.post", about: "settled", version: 2, broadcast: true }, "channel"],
    [{ kind: "thread.post", about: "logged", version: 2, broadcast: false }, "log"],
    [{ kind: "dm.post", to: "U0LEO", about: "ask", version: 2, step: 0 }, "dm:U0LEO"],
    [{ kind: "message.update", message: "alert", version: 2 }, "channel"],
    [{ kind: "message.update", message: "thread:reminder:2", version: 3 }, "channel"],
    [{ kind: "message.update", message: "dm:U0LEO:ask:2", version: 3 }, "dm:U0LEO"],
    [{ kind: "rerender", version: 2 }, "rerender"],
    [{ kind: "page", purpose: "page", role: "on-call-lead", step: 0 }, "page:page:on-call-lead:0"],
    [{ kind: "page", purpose: "ask", role: "on-call-lead", step: null }, "page:ask:on-call-lead:ask"],
    [{ kind: "notify", pager: "pagerduty", action: "trigger", role: null, step: 1 }, "notify:pagerduty"],
    [{ kind: "readings" }, "readings"],
  ])("of %o is %s", (effect, lane) => {
    expect(laneOf(effect)).toBe(lane);
  });
});
