import { describe, expect, it } from "vitest";
import {
  accountsOfRole,
  holdsRight,
  holdsRole,
  personOf,
  personOfGithub,
  rightHolders,
  rolesOf,
} from "../../../src/domain/policy/roles.js";
import { soundPolicy } from "./fixtures.js";

const policy = soundPolicy();
const members = (group: string): readonly string[] => (group === "S0ONCALL" ? ["U0PRIYA", "U0DANA"] : []);

describe("a person", () => {
  it("is the same behind each of their accounts", () => {
    expect(personOf(policy, "U0DANA")).toBe("dana");
    expect(personOf(policy, "W0DANA2")).toBe("dana");
    expect(personOfGithub(policy, "Dana-M")).toBe("dana");
  });

  it("is the account itself where it is not listed", () => {
    expect(personOf(policy, "U0PRIYA")).toBe("U0PRIYA");
    expect(personOfGithub(policy, "someone")).toBeNull();
  });
});

describe("a role", () => {
  it("is held by the members of its user group and by its listed accounts", () => {
    expect(holdsRole(policy, "on-call-engineer", "U0PRIYA", members)).toBe(true);
    expect(holdsRole(policy, "on-call-lead", "U0EVE", members)).toBe(true);
    expect(rolesOf(policy, "U0DANA", members)).toEqual(["on-call-engineer", "on-call-lead"]);
    expect(accountsOfRole(policy, "on-call-lead", members)).toEqual(["U0DANA", "U0EVE"]);
  });

  it("is not held by anyone else: not by another account of the same person, not when it is unknown", () => {
    expect(holdsRole(policy, "on-call-lead", "W0DANA2", members)).toBe(false);
    expect(holdsRole(policy, "on-call-engineer", "U0EVE", members)).toBe(false);
    expect(holdsRole(policy, "constructor", "U0DANA", members)).toBe(false);
    expect(accountsOfRole(policy, "nobody", members)).toEqual([]);
  });
});

describe("a right", () => {
  it("is held through a role, and by nobody where the policy names no role", () => {
    expect(rightHolders(policy, "export")).toEqual(["on-call-lead"]);
    expect(holdsRight(policy, "export", "U0EVE", members)).toBe(true);
    expect(holdsRight(policy, "export", "U0PRIYA", members)).toBe(false);
    expect(rightHolders(policy, "tokens")).toEqual([]);
    expect(holdsRight(policy, "tokens", "U0EVE", members)).toBe(false);
  });
});
