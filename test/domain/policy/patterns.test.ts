import { describe, expect, it } from "vitest";
import {
  incidentLink,
  incidentUrlFault,
  matchesIncidentPattern,
  patternFault,
} from "../../../src/domain/policy/patterns.js";

describe("a pattern for incident ids", () => {
  it.each([
    "^INC-\\d+$",
    "^(?:INC|SEV)-[0-9]{1,6}$",
    "^[A-Z]+-[A-Z]+-\\d+$",
    "^([A-Z]{2,5}-)?\\d+$",
    "^(?:ab){3}$",
    "^#\\d+$",
    "^[()*+]+$",
    "^\\(\\+\\)$",
    "^\\p{Lu}+-\\d+$",
  ])("may be %s", (pattern) => {
    expect(patternFault(pattern)).toBeNull();
  });

  it.each([
    ["^(a+)+$", "repeat around another"],
    ["^(a|a)*$", "around alternatives"],
    ["^(?:a|aa)+$", "around alternatives"],
    ["^((a+))*$", "repeat around another"],
    ["^(a*){2,}$", "repeat around another"],
    ["^(a?){50}$", "repeat around another"],
    ["^(.*a){20}$", "repeat around another"],
    ["^a*a*a*a*a*b$", "at most four unbounded repeats"],
    [`^${"a?".repeat(30)}${"a".repeat(30)}$`, "at most four unbounded repeats"],
    ["^(?=a)b$", "without look-around"],
    ["^(?<=a)b$", "without look-around"],
    ["^(a)\\1$", "without back references"],
    ["^INC-(\\d+$", "a valid regular expression"],
    ["^INC-\\d++$", "a valid regular expression"],
    ["a".repeat(201), "at most 200 characters"],
  ])("may not be %s", (pattern, fault) => {
    expect(patternFault(pattern)).toContain(fault);
  });

  it("is matched within the time limit of this test even with the slowest id", () => {
    expect(matchesIncidentPattern("^a*a*a*a*b$", "a".repeat(100))).toBe(false);
  });

  it("is matched against ids of 1 to 100 characters only", () => {
    expect(matchesIncidentPattern("^INC-\\d+$", "INC-219")).toBe(true);
    expect(matchesIncidentPattern("^INC-\\d+$", "inc-219")).toBe(false);
    expect(matchesIncidentPattern("^a*$", "")).toBe(false);
    expect(matchesIncidentPattern(null, "a".repeat(100))).toBe(true);
    expect(matchesIncidentPattern(null, "a".repeat(101))).toBe(false);
  });
});

describe("the URL of an incident", () => {
  it.each(["https://incidents.example.com/{id}", "http://localhost:8080/?q={id}#{id}"])("may be %s", (url) => {
    expect(incidentUrlFault(url)).toBeNull();
  });

  it.each([
    ["https://incidents.example.com/", "holds {id}"],
    ["incidents.example.com/{id}", "a whole URL"],
    ["javascript:alert('{id}')", "starts with https"],
    ["https://u:p@example.com/{id}", "without a user name"],
    ["https://{id}.example.com/", "host is fixed"],
  ])("may not be %s", (url, fault) => {
    expect(incidentUrlFault(url)).toContain(fault);
  });

  it("contains the id percent-encoded, so that an id cannot change its target", () => {
    const template = "https://incidents.example.com/{id}?x={id}";
    expect(incidentLink(template, "../$&?a=b|<#")).toBe(
      "https://incidents.example.com/..%2F%24%26%3Fa%3Db%7C%3C%23?x=..%2F%24%26%3Fa%3Db%7C%3C%23",
    );
    expect(incidentLink(null, "INC-1")).toBeNull();
  });
});
