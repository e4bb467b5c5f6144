import { describe, expect, it } from "vitest";
import { unboundOnCall } from "../../../src/domain/policy/on-call.js";
import {
  accountsOfRole,
  holdsRole,
  type MembersOf,
  personOf,
  schedulesOf,
  sourcesOf,
} from "../../../src/domain/policy/roles.js";
import { broken, soundPolicy } from "./fixtures.js";

const policy = soundPolicy();
const members: MembersOf = ({ kind, id }) => {
  if (kind === "schedule") return id === "S0ONCALL" ? ["PDANA", "PSTRANGER"] : [];
  return id === "S0ONCALL" ? ["U0PRIYA", "U0DANA"] : [];
};

describe("a person", () => {
  it("is the same behind each of their accounts", () => {
    expect(personOf(policy, "U0DANA")).toBe("dana");
    expect(personOf(policy, "W0DANA2")).toBe("dana");
  });

  it("is the account itself when it is not listed", () => {
    expect(personOf(policy, "U0PRIYA")).toBe("U0PRIYA");
  });
});

describe("a role", () => {
  it("is held by the members of its user group and by its listed accounts", () => {
    expect(holdsRole(policy, "on-call-engineer", "U0PRIYA", members)).toBe(true);
    expect(holdsRole(policy, "on-call-lead", "U0EVE", members)).toBe(true);
    expect(accountsOfRole(policy, "on-call-lead", members)).toEqual(["U0DANA", "U0EVE"]);
  });

  it("is not held by another account of the same person, and an unknown role is held by nobody", () => {
    expect(holdsRole(policy, "on-call-lead", "W0DANA2", members)).toBe(false);
    expect(holdsRole(policy, "on-call-engineer", "U0EVE", members)).toBe(false);
    expect(holdsRole(policy, "constructor", "U0DANA", members)).toBe(false);
    expect(accountsOfRole(policy, "nobody", members)).toEqual([]);
  });
});

describe("a role from a PagerDuty schedule", () => {
  const onCall = soundPolicy(
    broken("slack_users: [U0DANA, U0EVE]", "pagerduty_schedule: S0ONCALL, slack_users: [U0EVE]").replace(
      "github: dana-m",
      "github: dana-m, pagerduty: PDANA",
    ),
  );

  it("is held by every listed account of the people on call, and not by people whom the policy does not list", () => {
    expect(accountsOfRole(onCall, "on-call-lead", members)).toEqual(["U0EVE", "U0DANA", "W0DANA2"]);
    expect(holdsRole(onCall, "on-call-lead", "W0DANA2", members)).toBe(true);
    expect(holdsRole(onCall, "on-call-lead", "U0PRIYA", members)).toBe(false);
    expect(unboundOnCall(onCall, ["PDANA", "PSTRANGER"])).toEqual(["PSTRANGER"]);
  });

  it("has a source of its own beside a user group with the same ID", () => {
    expect(sourcesOf(onCall, ["on-call-engineer", "on-call-lead", "on-call-lead", "nobody"])).toEqual([
      { kind: "usergroup", id: "S0ONCALL" },
      { kind: "schedule", id: "S0ONCALL" },
    ]);
    expect(schedulesOf(onCall)).toEqual(["S0ONCALL"]);
    expect(schedulesOf(policy)).toEqual([]);
  });
});
