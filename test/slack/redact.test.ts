import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRedaction } from "../../src/slack/bypass/redact.js";
import { declared, openTestApp, postAlert, type TestApp, told } from "../support/slack-app.js";

describe("/breakglass redact", () => {
  let testApp: TestApp;
  beforeEach(async () => {
    testApp = await openTestApp();
    await declared(testApp);
  });
  afterEach(async () => {
    expect(testApp.slack.violations).toEqual([]);
    await testApp.close();
  });

  const reason = async () => (await testApp.record(1)).entries[0]?.texts.reason;

  it("removes one text for a holder of the right and says what is left to do", async () => {
    await testApp.slack.as("U0DORA").command("redact 1 reason a token was pasted");
    await told(
      testApp,
      "U0DORA",
      /In the trail the reason of entry 1 is gone for good.*without it\. If it was a secret, replace it where it is in use/,
    );
    expect(await reason()).toBeNull();
    await testApp.slack.as("U0DORA").command("redact 1 reason once more");
    await told(testApp, "U0DORA", /Not redacted: there is no such text on record/);
  });

  it("says that the author of a thread line must delete the Slack message", async () => {
    const alert = await postAlert(testApp, 1);
    await testApp.slack.as("U0ADA").say("C0INC", "log: the token is abc", alert.ts);
    await told(testApp, "U0ADA", /^Logged to BG-1/);
    const line = (await testApp.record(1)).entries.find((entry) => entry.event.type === "bypass.logged");
    await testApp.slack.as("U0DORA").command(`redact ${line?.seq} line a token was pasted`);
    await told(
      testApp,
      "U0DORA",
      /typed in the alert's thread, that message still shows it: whoever wrote it must delete/,
    );
  });

  it("refuses a person without the right and names the role to ask", async () => {
    await testApp.slack.as("U0ADA").command("redact 1 reason I wrote it");
    await told(testApp, "U0ADA", /Not redacted: your roles do not allow it\. Ask .*dba/);
    expect(typeof (await reason())).toBe("string");
  });

  it.each([
    "redact",
    "redact 1",
    "redact 1 reason",
    "redact one reason why",
    "redact 1 everything why",
    "redact 0 reason why",
  ])("asks for the missing parts of `%s` and redacts nothing", async (text) => {
    await testApp.slack.as("U0DORA").command(text);
    await told(testApp, "U0DORA", /Not redacted: say which entry/);
    expect(typeof (await reason())).toBe("string");
  });

  it("parses the entry number, the text and the reason", () => {
    expect(readRedaction(" 57  Target a customer's name ")).toEqual({
      seq: 57,
      what: "target",
      why: "a customer's name",
    });
  });
});
