import { describe, expect, it } from "vitest";
import { blockActionId, slashCommandId, submissionId } from "../../../src/slack/interactions/command-ids.js";
import { mayPostTo } from "../../../src/slack/interactions/ephemeral-reply.js";
import { fixedWords } from "../../../src/slack/transport/bolt-logger.js";

describe("a response URL", () => {
  const api = "http://127.0.0.1:4991/api/";

  it.each([
    "https://hooks.slack.com/actions/T1/2/3",
    "https://hooks.slack-gov.com/x",
    "http://127.0.0.1:4991/response/a",
  ])("is used when it is Slack's: %s", (url) => expect(mayPostTo(url, api)).toBe(true));

  it.each([
    "http://hooks.slack.com/x",
    "https://hooks.slack.com.evil.example/x",
    "https://hooks.slack.com:8443/x",
    "https://evil.example/hooks.slack.com",
    "http://127.0.0.1:4992/response/a",
    "http://169.254.169.254/latest",
    "file:///etc/passwd",
  ])("is not used when it is not Slack's: %s", (url) => expect(mayPostTo(url, api)).toBe(false));

  it("may point to this machine only when Slack's API does", () => {
    expect(mayPostTo("http://127.0.0.1:4991/response/a", undefined)).toBe(false);
  });
});

describe("the id of a command", () => {
  it("is the same for the same press, and differs for another person or another press", () => {
    const press = { user: "U1", triggerId: "1.2.3" };
    expect(blockActionId(press)).toBe(blockActionId({ ...press }));
    expect(
      new Set([
        blockActionId(press),
        blockActionId({ ...press, user: "U2" }),
        blockActionId({ ...press, triggerId: "1.2.4" }),
      ]).size,
    ).toBe(3);
  });

  it("is short however long Slack's ids are, and moving a separator cannot make two ids collide", () => {
    expect(slashCommandId("9".repeat(300)).length).toBeLessThanOrEqual(80);
    expect(submissionId({ id: "V1:T", team: "1", user: "U1" })).not.toBe(
      submissionId({ id: "V1", team: "T:1", user: "U1" }),
    );
    expect(slashCommandId("1.2.3")).not.toBe(blockActionId({ user: "", triggerId: "1.2.3" }));
  });
});

describe("a library message in the log", () => {
  it("is cut where a value could have been filled in", () => {
    expect(fixedWords("Failed to retrieve a new WSS URL (error: xoxb-1)")).toBe("Failed to retrieve a new WSS URL");
    expect(fixedWords({ token: "xoxb-1" })).toBe("");
  });
});
