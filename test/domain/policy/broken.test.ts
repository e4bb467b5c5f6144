import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import { INCIDENTS } from "./broken-incidents.js";
import { type Case, TEXT } from "./broken-texts.js";
import { ELSEWHERE, VALUES } from "./broken-values.js";
import { broken, SKETCH, SOUND } from "./fixtures.js";

function marked([what, passage, replacement]: Case): { text: string; line: number; column: number } {
  const withMark = (ELSEWHERE[what] ?? ((text) => text))(broken(passage, replacement));
  const offset = withMark.indexOf("«");
  if (offset < 0) throw new Error(`${what}: no position is marked`);
  const before = withMark.slice(0, offset).split("\n");
  return { text: withMark.replace("«", ""), line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

describe("a policy is refused with the position, what was expected and what was found", () => {
  it.each([...TEXT, ...VALUES, ...INCIDENTS])("for %s", (...args) => {
    const [what, passage, replacement, message, nearest] = args;
    const { text, line, column } = marked([what, passage, replacement, message]);
    const result = parsePolicy(text, "policy.yaml");
    expect(result.ok).toBe(false);
    const errors = result.ok ? [] : result.errors;
    const [error] = errors.filter((candidate) => message.test(candidate.message));
    expect(error, JSON.stringify(errors, null, 1)).toMatchObject({ file: "policy.yaml", line, column });
    expect(error?.nearest).toBe(nearest);
  });

  it.each([...VALUES, ...INCIDENTS])("for %s, without further errors", (...args) => {
    const result = parsePolicy(marked(args).text, "policy.yaml");
    expect(result.ok ? [] : result.errors).toHaveLength(args[0] === "a key in camel case" ? 2 : 1);
  });
});

describe("a broken policy", () => {
  it("reports all errors at once, in the order of the file", () => {
    const text = SOUND.replace("expires_after: 60m", "expires_after: soon")
      .replace("gates: [e2e-suite]", "gates: [secret-scan, e2e]")
      .replace("needed: 1", "needed: 9")
      .replace("who_can_ack: [on-call-lead]", "who_can_ack: [lead]")
      .replace("digest:", "digset:");
    const result = parsePolicy(text, "policy.yaml");
    expect(result.ok ? [] : result.errors.map((error) => `${error.line} ${error.path}`)).toEqual([
      "16 paths.emergency_deploy.gates[0]",
      "16 paths.emergency_deploy.gates[1]",
      "20 paths.emergency_deploy.who_can_ack[0]",
      "23 paths.emergency_deploy.expires_after",
      "24 paths.emergency_deploy.ack.needed",
      "28 digset",
    ]);
  });

  it("reports errors below an invalid name, too", () => {
    const text = SOUND.replace("emergency_deploy:", '"Emergency Deploy":')
      .replace("expires_after: 60m", "expires_after: soon")
      .replace("needed: 1", "needed: 9")
      .replace("on-call-lead:", '"On call lead":');
    const result = parsePolicy(text, "policy.yaml");
    const report = result.ok ? [] : result.errors.map(({ path, message }) => `${path}: ${message}`).join("\n");
    expect(report).toMatch(/^paths\.Emergency Deploy: expected .*, found "Emergency Deploy"$/m);
    expect(report).toMatch(/^paths\.Emergency Deploy\.expires_after: expected a duration .*"soon"$/m);
    expect(report).toMatch(/^paths\.Emergency Deploy\.ack\.needed: expected .*9$/m);
    expect(report).not.toMatch(/\bn\d/);
  });

  it.each([
    ["warm_at: 2", "warm_at: !!int 2", "found the tag !!int"],
    ["[e2e-suite]", "*gates", "found the alias *gates"],
  ])("reports a rejected YAML value once, without errors about its content: %s", (passage, replacement, message) => {
    const result = parsePolicy(broken(passage, replacement), "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([{ message: expect.stringContaining(message) }]);
    expect(result.ok ? [] : result.errors).toHaveLength(1);
  });

  it("is one in which every gate has never_bypass, so that a path has no gate", () => {
    const text = SKETCH.replaceAll(": {}", ': { never_bypass: "no" }');
    const result = parsePolicy(text, "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([
      { line: 11, column: 3, message: expect.stringContaining("every gate of this file has never_bypass") },
    ]);
  });

  it.each([
    ["nothing", ""],
    ["a word", "breakglass"],
    ["a list", "- version: 1"],
    ["null", "~"],
  ])("is one that is not a mapping: %s", (_, text) => {
    const result = parsePolicy(text, "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([
      { line: 1, column: 1, path: "", message: expect.stringContaining("expected a policy") },
    ]);
  });

  it("is one that is larger than 256 KiB, counted in bytes; it is not parsed", () => {
    const fits = `${SOUND}# ${"é".repeat((256 * 1024 - Buffer.byteLength(SOUND) - 2) / 2)}`;
    expect(parsePolicy(fits, "policy.yaml").ok).toBe(true);
    const result = parsePolicy(`${fits}é`, "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([
      { line: 1, message: expect.stringContaining("262144 bytes") },
    ]);
  });

  // The time limit of the test is the bound: a stopwatch would measure the load of the machine.
  it.each([
    ["nested lists", "[".repeat(200_000)],
    ["nested mappings", Array.from({ length: 400 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    [
      "very many invalid names",
      ["gates", "roles"]
        .map((key) => `${key}:${Array.from({ length: 5_000 }, (_, n) => `\n  A ${n}: { x: 1 }`).join("")}`)
        .join("\n"),
    ],
    ["very many keys", Array.from({ length: 25_000 }, (_, n) => `k${n}: 1`).join("\n")],
    ["very many anchors", `roles: [${"&a 1, ".repeat(40_000)}]`],
    ["very many equal keys", "version: 1\n".repeat(23_000)],
    ["aliases that multiply", `a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [${"*c,".repeat(50)}*c]`],
  ])("cannot exhaust the parser: %s", (_, text) => {
    expect(parsePolicy(text, "policy.yaml").ok).toBe(false);
  });
});
