import { describe, expect, it } from "vitest";
import { incidentLink, incidentMatcher, incidentUrlFault, patternFault } from "../../../src/domain/policy/patterns.js";

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
    "^(?i)inc-\\d+$",
    "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    "^(a+)+$",
  ])("may be %s", (pattern) => {
    expect(patternFault(pattern)).toBeNull();
  });

  it.each([
    ["^(?=a)b$", "without look-around"],
    ["^(?!a)b$", "without look-around"],
    ["^(?<=a)b$", "without look-around"],
    ["^(?<!a)b$", "without look-around"],
    ["^(a)\\1$", "without back references"],
    ["^(?<year>a)\\k<year>$", "without back references"],
    ["^\\u0041$", "\\x{41}"],
    ["^\\p{Letter}$", "\\p{Lu}"],
    ["^INC-(\\d+$", "missing closing )"],
    ["^INC-\\d++$", "invalid nested repetition operator"],
    ["a".repeat(201), "at most 200 characters"],
    ["(\\pL{10}){100}".repeat(14), "smaller counts"],
    ["((\\pL{30}){30}){1}", "smaller counts"],
    ["\\pL{0,999}".repeat(20), "smaller counts"],
    ["a{1000}", "smaller counts"],
  ])("may not be %s", (pattern, fault) => {
    expect(patternFault(pattern)).toContain(fault);
  });

  // Backtracking, each of these takes seconds to hours.
  it.each([
    [`^${"a?".repeat(27)}b`, "a".repeat(100)],
    ["\\w*\\w*\\w*\\w*-", "a".repeat(100)],
    ["^a*a*a*a*b$", "a".repeat(100)],
    ["^(a+)+$", `${"a".repeat(99)}!`],
    ["^(a|a)*$", `${"a".repeat(99)}!`],
    ["^(?:(?:a?){6}){6}$", `${"a".repeat(99)}!`],
  ])("is matched at once, whatever the id: %s", (pattern, id) => {
    expect(patternFault(pattern)).toBeNull();
    const started = process.cpuUsage();
    expect(incidentMatcher(pattern)(id)).toBe(false);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1_000);
  });

  it("is matched against ids of 1 to 100 characters only", () => {
    const matches = incidentMatcher("^INC-\\d+$");
    expect(matches("INC-219")).toBe(true);
    expect(matches("inc-219")).toBe(false);
    expect(incidentMatcher("^a*$")("")).toBe(false);
    expect(incidentMatcher(null)("a".repeat(100))).toBe(true);
    expect(incidentMatcher(null)("a".repeat(101))).toBe(false);
  });
});

describe("the URL of an incident", () => {
  it.each([
    "https://incidents.example.com/{id}",
    "https://incidents.example.com:8443/?q={id}#{id}",
    "https://incidents.example.com#{id}",
    "https://[2001:db8::1]/{id}",
  ])("may be %s", (url) => {
    expect(incidentUrlFault(url)).toBeNull();
  });

  it.each([
    ["https://incidents.example.com/", "holds {id}"],
    ["incidents.example.com/{id}", "starts with https://"],
    ["http://incidents.example.com/{id}", "starts with https://"],
    ["javascript:alert('{id}')", "starts with https://"],
    ["https:{id}", "starts with https://"],
    ["https:///{id}", "whose host is fixed"],
    ["https:////{id}", "whose host is fixed"],
    ["https://\\{id}", "whose host is fixed"],
    ["https://{id}.example.com/", "whose host is fixed"],
    ["https://example.com{id}", "whose host is fixed"],
    ["https://example.com:{id}/", "whose host is fixed"],
    ["https://example.com\\{id}", "whose host is fixed"],
    ["https://u:p@example.com/{id}", "without a user name"],
    ["https://{id}@example.com/", "without a user name"],
    ["https://exa mple.com/{id}", "without spaces"],
    ["https://exa\nmple.com/{id}", "without spaces"],
    ["https://example.com:99999/{id}", "a whole URL"],
  ])("may not be %j", (url, fault) => {
    expect(incidentUrlFault(url)).toContain(fault);
  });

  it("has the same host whatever the id is", () => {
    const link = incidentLink("https://incidents.example.com/{id}", "//evil.example\\@evil.example:80/");
    expect(new URL(link ?? "").host).toBe("incidents.example.com");
  });

  it("contains the id percent-encoded, so that an id cannot change its target", () => {
    const template = "https://incidents.example.com/{id}?x={id}";
    expect(incidentLink(template, "../$&?a=b|<#")).toBe(
      "https://incidents.example.com/..%2F%24%26%3Fa%3Db%7C%3C%23?x=..%2F%24%26%3Fa%3Db%7C%3C%23",
    );
    expect(incidentLink(null, "INC-1")).toBeNull();
  });
});
