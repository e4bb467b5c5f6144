import { expect, test } from "vitest";
import {
  BUTTONS,
  bypassValue,
  gateValue,
  parseActionValue,
  parseBypassValue,
  parseGateValue,
} from "../../src/slack/actions.js";

test("the buttons keep the labels by which other programs press them", () => {
  expect(Object.fromEntries(Object.entries(BUTTONS).map(([name, { label }]) => [name, label]))).toEqual({
    approve: "Approve",
    deny: "Deny",
    withdraw: "Withdraw",
    proceedAlone: "Proceed Alone",
    close: "Close",
    revoke: "Revoke",
    again: "Break Glass Again",
    writeReview: "Write Review",
    amendReview: "Amend Review",
    addView: "Add My View",
    putOffReview: "Put Off",
    saveDraft: "Save Draft",
    moreActions: "Add Action",
    actionDone: "Done",
    dropAction: "Drop",
    putOffAction: "Put Off",
    gateChanged: "Gate Changed",
    gateRetired: "Gate Retired",
    putOffGate: "Put Off",
    homeDeclare: "Break Glass",
    homeDrill: "Start Drill",
    declarePath: "Path",
    link: "Open",
  });
});

test("no two buttons have the same action id", () => {
  const ids = Object.values(BUTTONS).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a button's value parses back to what it carries, and malformed values are refused", () => {
  const identity = "0123456789abcdef01234567";
  expect(parseBypassValue(bypassValue({ n: 42, version: 7, identity }))).toEqual({ n: 42, at: 1, identity });
  expect(parseActionValue(bypassValue({ n: 42, version: 7, identity }))).toEqual({ n: 42, at: 7, identity });
  const gate = { gate: "e2e-suite", item: 3, identity };
  expect(parseGateValue(gateValue(gate))).toEqual(gate);
  const malformed = ["BG-42@", "BG-42@07", "bg-42@7", "BG-42@7 ", "BG-0@1"].map((text) => `${text}#${identity}`);
  const others = ["", "BG-42", "BG-42@7", "BG-42@7#", `BG-42@7#${identity}0`, `BG-42@7#${identity.toUpperCase()}`];
  for (const value of [...malformed, ...others]) {
    expect(parseBypassValue(value), value).toBeNull();
    expect(parseActionValue(value), value).toBeNull();
  }
  for (const value of [
    "",
    "e2e-suite",
    "e2e-suite@3",
    `e2e-suite@0#${identity}`,
    `E2E@1#${identity}`,
    `@1#${identity}`,
  ])
    expect(parseGateValue(value), value).toBeNull();
});
