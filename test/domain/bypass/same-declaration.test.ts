import { describe, expect, test } from "vitest";
import type { Declaration } from "../../../src/domain/bypass/commands.js";
import { isSameDeclaration } from "../../../src/domain/bypass/decide/declare.js";
import { DECLARATION } from "../../support/domain/commands.js";
import { declared } from "../../support/domain/lines.js";
import { stateOf } from "../../support/domain/scenario.js";

const texts = { reason: DECLARATION.reason, target_typed: DECLARATION.target };
const isSame = (change: Partial<Declaration>, recorded: Parameters<typeof declared>[1] = {}, kept: object = texts) =>
  isSameDeclaration({ ...DECLARATION, ...change }, stateOf(...declared(undefined, recorded)), kept);

describe("A form that is submitted again", () => {
  test("matches the recorded declaration if nothing changed but its formatting", () => {
    expect(isSame({})).toBe(true);
    expect(isSame({ reason: ` ${DECLARATION.reason}\u200b\n`, target: `${DECLARATION.target} ` })).toBe(true);
    expect(isSame({ incident: " INC-7 " })).toBe(true);
    expect(isSame({ gates: ["e2e-suite", "e2e-suite"] })).toBe(true);
    const two = { gates: ["two-approvals", "e2e-suite"] };
    expect(isSame({ gates: ["e2e-suite", "two-approvals"] }, two)).toBe(true);
    expect(isSame({ gates: ["two-approvals", "e2e-suite"] }, { gates: ["e2e-suite", "two-approvals"] })).toBe(true);
    expect(isSame({ incident: null }, { incident: null })).toBe(true);
    expect(isSame({ incident: " " }, { incident: null })).toBe(true);
  });

  test.each<[string, Partial<Declaration>]>([
    ["the kind", { kind: "drill" }],
    ["the path", { path: "hotfix" }],
    ["a gate", { gates: ["two-approvals"] }],
    ["one gate more", { gates: ["e2e-suite", "two-approvals"] }],
    ["no gate", { gates: [] }],
    ["the target", { target: "acme/payments#4822" }],
    ["the incident", { incident: "INC-8" }],
    ["no incident", { incident: null }],
    ["the reason", { reason: "Something else." }],
    ["half of a character", { reason: `${DECLARATION.reason}\ud83d` }],
    ["the duration", { duration: "30m" }],
    ["a duration that is none", { duration: "soon" }],
  ])("does not match if it differs in %s", (_, change) => {
    expect(isSame(change)).toBe(false);
  });

  test("matches if a text was redacted since and nothing else differs", () => {
    expect(isSame({ reason: "Something else." }, {}, { ...texts, reason: null })).toBe(true);
    expect(isSame({ target: "another" }, {}, { reason: DECLARATION.reason })).toBe(true);
    expect(isSame({ reason: "Else.", duration: "30m" }, {}, {})).toBe(false);
  });
});
