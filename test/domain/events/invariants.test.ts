import { describe, expect, test } from "vitest";
import type { Actor } from "../../../src/domain/events/actor.js";
import type { EventType } from "../../../src/domain/events/catalogue/catalogue.js";
import { entryViolations, isAccount, isMoment } from "../../../src/domain/events/invariants.js";
import { byPerson, bySystem, CLOCK, DANA, foundIn, minuteAt } from "../../support/domain/histories.js";

const AT = minuteAt(0);
const judged = (type: EventType, actor: Actor, at = AT) => entryViolations({ event: { type }, actor, at });

describe("An entry of either stream", () => {
  test("is recorded by the kind of actor that its type requires", () => {
    expect(judged("ack.given", DANA)).toEqual([]);
    expect(judged("ack.given", CLOCK)).toEqual(["records ack.given by a system, but only a person may"]);
    expect(judged("bot.started", CLOCK)).toEqual([]);
    expect(judged("bot.started", DANA)).toEqual(["records bot.started by a person, but only a system may"]);
    for (const actor of [DANA, CLOCK]) expect(judged("bypass.revoked", actor)).toEqual([]);
    const stopped = { type: "bot.stopped", instance: "one" } as const;
    expect(foundIn(bySystem(stopped))).toEqual([]);
    expect(foundIn(byPerson(DANA, stopped))).toEqual([
      "Entry 1 records bot.stopped by a person, but only a system may.",
    ]);
  });

  test.each([
    ["a user that is not a Slack account", { user: "dana", person: "dana" }],
    ["a user in lower case", { user: "u0dana", person: "dana" }],
    ["a person by a name that the policy cannot have", { user: "U0DANA", person: "Dana Moe" }],
    ["a person by another account", { user: "U0DANA", person: "U0LEO" }],
  ])("may not name %s", (_, who) => {
    expect(judged("ack.given", { kind: "person", ...who })).toEqual([
      "names an actor by something that is no Slack account or no person",
    ]);
  });

  test("may name a person by their own account", () => {
    expect(judged("ack.given", { kind: "person", user: "U0LEO", person: "U0LEO" })).toEqual([]);
  });

  test("has a time in ISO 8601, UTC, with milliseconds", () => {
    const wrong = ["has a time that is not written as ISO 8601 in UTC"];
    expect(judged("ack.given", DANA, "2026-03-02T09:00:00Z")).toEqual(wrong);
    expect(foundIn({ ...byPerson(DANA, { type: "bypass.logged", via: "command" }), time: "2026-03-02" })).toContain(
      `Entry 1 of BG-1 ${wrong[0]}.`,
    );
  });
});

test.each([
  "2026-03-02T09:00:00Z",
  "2026-03-02T09:00:00.0000Z",
  "2026-03-02T10:00:00.000+01:00",
  "2026-02-30T09:00:00.000Z",
  "2026-03-02T24:00:00.000Z",
  "+010000-01-01T00:00:00.000Z",
  "soon",
  "",
])("%j is not a valid time", (value) => {
  expect(isMoment(value)).toBe(false);
});

test("A valid time is in UTC with milliseconds, and a valid account is a Slack user id", () => {
  expect(isMoment("2026-03-02T09:00:00.000Z")).toBe(true);
  expect(["U0LEO", "W0LEO2", "B0BOT", "U", "U0leo", "U0LEO "].map(isAccount)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
