import { expect, test } from "vitest";
import { createLogger } from "../../../src/lib/logger.js";
import { boltLogger } from "../../../src/slack/transport/bolt-logger.js";

/** The log lines written when the library warns and errors with these messages. */
function logged(...messages: unknown[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const logger = boltLogger(createLogger({ level: "warn", stream: { write: (line) => void lines.push(line) } }));
  for (const message of messages) logger.warn(message);
  for (const message of messages) logger.error(message);
  return lines.map((line) => JSON.parse(line));
}

test("a failed connection attempt, which has a log line of its own, is not logged again for the library", () => {
  expect(logged("http request failed", "Failed to retrieve a new WSS URL (error: ECONNREFUSED)")).toEqual([]);
});

test("other library messages are logged without the values filled into them", () => {
  const [line] = logged("A pong wasn't received from the server before the timeout of 5000ms!");
  expect(line).toMatchObject({
    event: "slack.library",
    says: "A-pong-wasn-t-received-from-the-server-before-the-timeout-of",
  });
  expect(JSON.stringify(logged("Failed to send ping to Slack (error: xoxb-1)"))).not.toContain("xoxb");
});

test("a message without text is not logged", () => {
  expect(logged("", "{}", { token: "x" }, undefined)).toEqual([]);
});
