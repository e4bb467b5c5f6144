import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createLogger, type LogLevel } from "../../src/lib/logger.js";

function logged(level: LogLevel = "debug") {
  const lines: Record<string, unknown>[] = [];
  const stream = {
    write: (line: string) => void lines.push(z.record(z.string(), z.unknown()).parse(JSON.parse(line))),
  };
  return { log: createLogger({ level, stream }), lines };
}

describe("A log line", () => {
  test("carries time, level, event, ids, enums and numbers", () => {
    const { log, lines } = logged();
    log.info("effect.performed", {
      n: 42,
      id: "9f1c",
      kind: "alert.post",
      ms: 12.5,
      done: true,
      gates: ["e2e-suite"],
      none: null,
    });
    expect(lines).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        event: "effect.performed",
        n: 42,
        id: "9f1c",
        kind: "alert.post",
        ms: 12.5,
        done: true,
        gates: ["e2e-suite"],
        none: null,
      },
    ]);
  });

  test("never carries free text, whatever the name of the field", () => {
    const { log, lines } = logged();
    log.warn("x", {
      reason: "outage",
      note: "the CEO is locked out",
      deep: { a: ["the CEO waits"] },
      line: "rebooted",
    });
    expect(lines[0]).toMatchObject({
      reason: "[withheld]",
      note: "[withheld]",
      deep: { a: ["[withheld]"] },
      line: "[withheld]",
    });
  });

  test("shows the path of the policy as it was given, with spaces", () => {
    const { log, lines } = logged();
    log.info("x", { policy: "/home/an operator/Übung policy.yaml", other: "/home/an operator" });
    log.info("x", { policy: "two\nlines" });
    expect(lines[0]).toMatchObject({ policy: "/home/an operator/Übung policy.yaml", other: "[withheld]" });
    expect(lines[1]).toMatchObject({ policy: "[withheld]" });
  });

  test("never carries a secret, not even in a hint for the operator", () => {
    const { log, lines } = logged();
    const token = ["xo", "xb-1234-5678-abcdef"].join("");
    log.error("x", {
      token,
      url: "postgres://u:p4ssw@db/app",
      hint: `Replace ${token} now.`,
      faults: ["a b", `c ${token}`],
    });
    expect(lines[0]).toMatchObject({
      token: "[redacted]",
      url: "[redacted]db/app",
      hint: "Replace [redacted] now.",
      faults: ["a b", "c [redacted]"],
    });
  });

  test("shows the name, code and safe message of an error", () => {
    const { log, lines } = logged();
    log.error("x", { error: Object.assign(new TypeError("no such thing"), { code: "E1" }) });
    expect(lines[0]).toMatchObject({ error: { name: "TypeError", code: "E1", message: "no such thing" } });
  });

  test("withholds functions, deeply nested and circular values", () => {
    const { log, lines } = logged();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    log.info("x", { circle, call: () => 1, left: undefined });
    expect(JSON.stringify(lines[0])).toContain("[withheld]");
    expect(lines[0]).not.toHaveProperty("left");
  });

  test("keeps its time, level and event when a field has the same name", () => {
    const { log, lines } = logged();
    log.info("real", { event: "forged", level: "error", time: "never" });
    expect(lines[0]).toMatchObject({ event: "real", level: "info", field_event: "forged" });
  });

  test("is not written below the log level", () => {
    const { log, lines } = logged("warn");
    log.info("quiet");
    log.warn("loud");
    expect(lines.map((line) => line.event)).toEqual(["loud"]);
  });
});
