import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../../../src/domain/policy/parse.js";
import { skeletonsOf } from "../../../../src/domain/text/look-alikes.js";

const policy = (more: { gates?: string; roles?: string; paths?: string }) => `
version: 1
alert_channel: C0INC
roles:
  lead: { slack_users: [U0LEO, U0MIA, U0ZOE] }
${more.roles ?? ""}
gates:
  e2e-suite: { title: "End-to-end suite" }
  lint: {}
${more.gates ?? ""}
paths:
  deploy: { who_can_invoke: [lead], requires: [reason], expires_after: 60m }
${more.paths ?? ""}
`;
const errors = (text: string) => {
  const parsed = parsePolicy(text, "p.yaml");
  return parsed.ok ? [] : parsed.errors.map(({ line, path, message }) => `${line} ${path}: ${message}`);
};
const PATH = "{ who_can_invoke: [lead], requires: [reason], expires_after: 60m }";

describe("names that a reader takes for one another are an error, told at both lines", () => {
  test.each([
    ["gates", "e2e-suite", { gates: "  e2e_suite: { title: Other }" }, [8, 10]],
    ["gates", "e2e-suite", { gates: "  e2e.suite: { title: Other }" }, [8, 10]],
    ["gates", "lint", { gates: "  1int: { title: Other }" }, [9, 10]],
    ["roles", "lead", { roles: "  1ead: { slack_users: [U0LEO] }" }, [5, 6]],
    ["paths", "deploy", { paths: `  dep1oy: { title: Other, ${PATH.slice(2)}` }, [12, 13]],
  ])("of %s: %s in %j", (section, name, more, lines) => {
    const found = errors(policy(more));
    expect(found.map((one) => Number.parseInt(one, 10))).toEqual(lines);
    expect(found[1]).toContain(`which looks like "${name}" of ${section}.${name}`);
    expect(found[0]).toContain(`${section}.${name}: expected a name that nobody takes for another one`);
  });
});

describe("titles likewise, where the title that people read may be the name", () => {
  test.each([
    ["the same", "End-to-end suite"],
    ["another case and other signs between the words", "END TO END  suite"],
    ["a Cyrillic letter", "End-t\\u043E-end suite"],
    ["a letter that looks like a digit", "End-t0-end suite"],
    ["the name of a gate without a title", "LINT"],
    ["the name of a gate without a title, as it is", "Lint"],
  ])("%s", (_, title) => {
    const found = errors(policy({ gates: `  other: { title: "${title}" }` }));
    expect(found).toHaveLength(2);
    expect(found[1]).toMatch(/^10 gates\.other\.title: expected a title that nobody takes for another one/);
  });

  test("of paths", () => {
    const found = errors(policy({ paths: `  other: { title: Dep1oy, ${PATH.slice(2)}` }));
    expect(found.map((one) => Number.parseInt(one, 10))).toEqual([12, 13]);
  });
});

test("of many that look alike each is told once", () => {
  const found = errors(policy({ gates: "  e2e_suite: { title: A }\n  e2e.suite: { title: B }" }));
  expect(found.map((one) => Number.parseInt(one, 10))).toEqual([8, 10, 11]);
});

test("names and titles that differ in a word are no error", () => {
  const gates = "  e2e-suite-2: { title: End-to-end suite (nightly) }\n  hint: {}\n  lint-fast: {}";
  expect(errors(policy({ gates }))).toEqual([]);
});

test("a capital I is read as an i and as an l", () => {
  expect(skeletonsOf("Internal")).toEqual(["intemal", "lntemal"]);
  expect(skeletonsOf("lnternal")).toEqual(["lntemal"]);
});
