import { expect, test } from "vitest";
import { createLogger } from "../../../src/lib/logger.js";
import { boltLogger } from "../../../src/slack/transport/bolt-logger.js";

/** What stands in the log after these warnings and errors of the library. */
function logged(...messages: unknown[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const logger = boltLogger(createLogger({ level: "warn", stream: { write: (line) => void lines.push(line) } }));
  for (const message of messages) logger.warn(message);
  for (const message of messages) logger.error(message);
  return lines.map((line) => JSON.parse(line));
}

test("a vain try to connect, told by a line of our own, is not told again by the library's", () => {
  expect(logged("http request failed", "Failed to retrieve a new WSS URL (error: ECONNREFUSED)")).toEqual([]);
});

test("what the library says else can be read in the log, without what was filled in", () => {
  const [line] = logged("A pong wasn't received from the server before the timeout of 5000ms!");
  expect(line).toMatchObject({
    event: "slack.library",
    says: "A-pong-wasn-t-received-from-the-server-before-the-timeout-of",
  });
  expect(JSON.stringify(logged("Failed to send ping to Slack (error: xoxb-1)"))).not.toContain("xoxb");
});

test("a line without words is none", () => {
  expect(logged("", "{}", { token: "x" }, undefined)).toEqual([]);
});
