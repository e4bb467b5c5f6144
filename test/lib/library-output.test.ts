import { expect, test } from "vitest";
import { takeLibraryOutput } from "../../src/lib/library-output.js";
import { createLogger } from "../../src/lib/logger.js";

test("what libraries print becomes lines of the log, without anything that may be a value", () => {
  const lines: string[] = [];
  const log = createLogger({ level: "debug", stream: { write: (line: string) => void lines.push(line) } });
  const nothing = (): void => {};
  const console = { log: nothing, info: nothing, debug: nothing, warn: nothing, error: nothing, trace: nothing };
  let warn: (warning: Error) => void = nothing;
  const removed: string[] = [];
  takeLibraryOutput(log, console, {
    removeAllListeners: (event) => removed.push(event),
    on: (_event, listener) => {
      warn = listener;
    },
  });
  const write = (level: keyof typeof console, ...args: readonly unknown[]) => Reflect.apply(console[level], null, args);
  write("warn", 'IMPORTANT! Eviction policy is volatile-lru. It should be "noeviction"');
  write("error", new TypeError("the reason was zebra"));
  write("log", "password=hunter2");
  write("info", { token: "hunter2" });
  warn(
    Object.assign(new Error("Use of zebra(hunter2) is deprecated"), { name: "DeprecationWarning", code: "DEP0040" }),
  );
  expect(removed).toEqual(["warning"]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "warn", event: "library.output", says: "IMPORTANT-Eviction-policy-is-volatile-lru-It-should-be" },
    { level: "warn", says: "TypeError" },
    { level: "debug", says: "password" },
    { level: "debug", says: "object" },
    { level: "warn", event: "node.warning", name: "DeprecationWarning", code: "DEP0040" },
  ]);
  expect(lines.join("")).not.toContain("hunter2");
});
