import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import { sizeOf } from "../../support/reliability/seed.js";
import { SKETCH, SOUND, soundPolicy } from "./fixtures.js";

const SAMPLE = DEMO_POLICY;

describe("the sample policy", () => {
  it("in breakglass.yaml is valid", () => {
    const shipped = readFileSync(new URL("../../../breakglass.yaml", import.meta.url), "utf8");
    expect(parsePolicy(shipped, "breakglass.yaml")).toMatchObject({ ok: true });
  });

  it("of the demo company is parsed key by key", () => {
    const policy = soundPolicy(SAMPLE);
    expect(policy.paths.emergency_deploy).toEqual({
      id: "emergency_deploy",
      title: "Emergency deploy",
      gates: ["e2e-suite", "two-approvals"],
      target: ["github", "service", "db", "text"],
      when: "Production is down or failing for customers and an incident is open.",
      incidentPattern: "^INC-\\d+$",
      incidentUrl: "https://incidents.example.com/{id}",
      whoCanInvoke: ["on-call-engineer", "incident-commander"],
      whoCanAck: ["on-call-lead"],
      requires: { incidentId: true, secondPersonAck: true },
      alertChannel: "#incidents",
      page: "on-call-lead",
      expiresAfterSeconds: 3600,
      ack: {
        needed: 1,
        remindEverySeconds: 180,
        escalate: [{ afterSeconds: 300, page: "incident-commander" }],
        giveUpAfterSeconds: 1800,
        aloneAfterSeconds: null,
      },
      review: {
        due: { unit: "businessDays", count: 2 },
        reviewer: "on-call-lead",
        remind: [
          { when: "before", span: { unit: "businessDays", count: 1 } },
          { when: "atDue" },
          { when: "dailyAfter" },
        ],
        escalateAfter: { unit: "businessDays", count: 3 },
        escalateTo: "incident-commander",
      },
      drillEverySeconds: 7_776_000,
      drillPages: "office_hours",
      askAtMost: 20,
    });
    expect(policy.people).toEqual({ dana: { slack: ["U0DANA", "W0DANA2"], github: "dana-m", pagerduty: null } });
    expect(policy.rights).toEqual({
      export: ["on-call-lead"],
      redact: ["on-call-lead"],
      tokens: [],
      seeAll: ["incident-commander"],
    });
    expect(policy.gates["secret-scan"]?.neverBypass).toBe("A leaked key cannot be unleaked.");
    expect(policy.thermometer).toEqual({
      windowSeconds: 2_592_000,
      warmAt: 2,
      sickAt: 3,
      fixWithin: { unit: "businessDays", count: 10 },
    });
    expect(policy.officeHours.holidays).toEqual(["2026-12-25"]);
    expect(policy.digest).toEqual({ day: "mon", at: "09:00", channel: "#incidents" });
  });

  it("has the hash of its text, so that a changed comment changes the hash", () => {
    const original = parsePolicy(SAMPLE, "breakglass.yaml");
    const changed = parsePolicy(`${SAMPLE}# one more\n`, "breakglass.yaml");
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    expect(original.ok && original.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(original.ok && original.hash).not.toBe(empty);
    expect(original.ok && changed.ok && original.hash !== changed.hash).toBe(true);
  });

  it("is valid with Windows line ends and a byte order mark", () => {
    expect(parsePolicy(`\ufeff${SAMPLE.replaceAll("\n", "\r\n")}`, "breakglass.yaml")).toMatchObject({ ok: true });
  });
});

describe("the shortest form of a path", () => {
  it("is valid, and every key that it leaves out has its default", () => {
    const policy = soundPolicy(SKETCH);
    expect(policy.alertChannel).toBeNull();
    expect(policy.gates["e2e-suite"]).toEqual({
      id: "e2e-suite",
      title: "e2e-suite",
      owner: "on-call-engineer",
      instead: null,
      neverBypass: null,
    });
    expect(policy.paths.emergency_deploy).toMatchObject({
      title: "emergency_deploy",
      gates: ["e2e-suite", "two-approvals"],
      whoCanAck: ["on-call-engineer", "incident-commander", "on-call-lead"],
      alertChannel: "#incidents",
      ack: { needed: 1, remindEverySeconds: 180, escalate: [], giveUpAfterSeconds: 1800, aloneAfterSeconds: null },
      review: { reviewer: "on-call-lead", due: { unit: "businessDays", count: 2 }, escalateTo: null },
      drillEverySeconds: null,
      drillPages: "office_hours",
      askAtMost: 20,
    });
    expect(policy.rights).toEqual({ export: [], redact: [], tokens: [], seeAll: [] });
    expect(policy.officeHours).toEqual({
      timezone: "UTC",
      days: ["mon", "tue", "wed", "thu", "fri"],
      from: "09:00",
      to: "17:00",
      holidays: [],
    });
    expect(policy.digest.channel).toBeNull();
  });

  it("needs no on_invoke when the top of the file names the alert channel", () => {
    const text = SKETCH.replace(/ {4}on_invoke:[\s\S]*? {4}expires_after/, "    expires_after");
    const policy = soundPolicy(`alert_channel: C0INC\n${text}`);
    expect(policy.paths.emergency_deploy).toMatchObject({ alertChannel: "C0INC", page: null });
    expect(policy.paths.emergency_deploy?.whoCanAck).toEqual(["on-call-engineer", "incident-commander"]);
    expect(policy.paths.emergency_deploy?.review.reviewer).toBe("on-call-engineer");
  });

  it("needs no acks when requires leaves out second_person_ack", () => {
    const policy = soundPolicy(SKETCH.replace(/ +- second_person_ack.*\n/, ""));
    expect(policy.paths.emergency_deploy).toMatchObject({ requires: { secondPersonAck: false }, ack: { needed: 0 } });
  });
});

describe("a policy", () => {
  it("finds nothing under names that JavaScript objects inherit", () => {
    const policy = soundPolicy();
    for (const name of ["constructor", "toString", "hasOwnProperty", "__proto__"]) {
      expect(policy.roles[name]).toBeUndefined();
      expect(policy.gates[name]).toBeUndefined();
      expect(policy.paths[name]).toBeUndefined();
    }
  });

  it("may define a gate with a name that JavaScript objects inherit", () => {
    const policy = soundPolicy(SOUND.replaceAll("e2e-suite", "constructor"));
    expect(policy.gates.constructor).toMatchObject({ id: "constructor", title: "End-to-end suite" });
  });

  it("accepts numbers as names and keeps their leading zeros", () => {
    const policy = soundPolicy(SOUND.replaceAll("e2e-suite:", "007:").replace("[e2e-suite]", '["007"]'));
    expect(policy.paths.emergency_deploy?.gates).toEqual(["007"]);
  });

  it("is accepted or refused without throwing, whatever edits are made to its text", () => {
    const edit = fc.record({
      at: fc.nat({ max: SOUND.length }),
      cut: fc.nat({ max: 20 }),
      put: fc.string({ maxLength: 8, unit: fc.constantFrom(..."{}[]:,-#&*!|>'\"%@` \n\tab0é\u202e\ud800") }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edits.reduce(
          (edited, { at, cut, put }) => edited.slice(0, at) + put + edited.slice(at + cut),
          SOUND,
        );
        const result = parsePolicy(text, "policy.yaml");
        const lines = text.split("\n");
        for (const error of result.ok ? [] : result.errors) {
          expect(error.message).not.toBe("");
          expect(error.line).toBeLessThanOrEqual(lines.length);
          expect(error.column).toBeLessThanOrEqual((lines[error.line - 1] ?? "").length + 1);
        }
        expect(result.ok || result.errors.length > 0).toBe(true);
      }),
      { numRuns: sizeOf("PROPERTY_RUNS", 400) },
    );
  });
});
