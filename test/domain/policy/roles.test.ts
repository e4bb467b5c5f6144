import { describe, expect, it } from "vitest";
import { accountsOfRole, holdsRole, personOf } from "../../../src/domain/policy/roles.js";
import { soundPolicy } from "./fixtures.js";

const policy = soundPolicy();
const members = (group: string): readonly string[] => (group === "S0ONCALL" ? ["U0PRIYA", "U0DANA"] : []);

describe("a person", () => {
  it("is the same behind each of their accounts", () => {
    expect(personOf(policy, "U0DANA")).toBe("dana");
    expect(personOf(policy, "W0DANA2")).toBe("dana");
  });

  it("is the account itself where it is not listed", () => {
    expect(personOf(policy, "U0PRIYA")).toBe("U0PRIYA");
  });
});

describe("a role", () => {
  it("is held by the members of its user group and by its listed accounts", () => {
    expect(holdsRole(policy, "on-call-engineer", "U0PRIYA", members)).toBe(true);
    expect(holdsRole(policy, "on-call-lead", "U0EVE", members)).toBe(true);
    expect(accountsOfRole(policy, "on-call-lead", members)).toEqual(["U0DANA", "U0EVE"]);
  });

  it("is not held by anyone else: not by another account of the same person, not when it is unknown", () => {
    expect(holdsRole(policy, "on-call-lead", "W0DANA2", members)).toBe(false);
    expect(holdsRole(policy, "on-call-engineer", "U0EVE", members)).toBe(false);
    expect(holdsRole(policy, "constructor", "U0DANA", members)).toBe(false);
    expect(accountsOfRole(policy, "nobody", members)).toEqual([]);
  });
});
