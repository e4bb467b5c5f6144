import { afterEach, describe, expect, it } from "vitest";
import { validateBlocks } from "../../demo/slack/index.js";
import { SUBCOMMANDS } from "../../src/slack/command.js";
import { reviewsText } from "../../src/slack/status/reviews.js";
import { statusMessage } from "../../src/slack/status/status.js";
import { declared, lastEphemeral, openTestApp, postAlert, type TestApp, told } from "../support/slack-app.js";
import { POLICY } from "../support/slack-people.js";

let testApp: TestApp;
afterEach(async () => {
  expect(testApp.slack.violations).toEqual([]);
  await testApp.close();
});

const labels = (user: string): string[] =>
  (testApp.slack.ephemerals(user).at(-1)?.blocks ?? []).flatMap((block) =>
    block.type === "actions" ? (block.elements as { text: { text: string } }[]).map(({ text }) => text.text) : [],
  );
const type = async (user: string, text: string): Promise<string> => {
  await testApp.slack.as(user).command(text);
  return lastEphemeral(testApp.slack, user);
};
const last = (user: string) => {
  const shown = testApp.slack.ephemerals(user).at(-1);
  if (shown === undefined) throw new Error(`${user} was shown nothing.`);
  return shown;
};

describe("/breakglass status", () => {
  it("explains how to declare when nothing is open", async () => {
    testApp = await openTestApp();
    expect(await type("U0LEA", "status")).toMatch(/Nothing is open.*`\/breakglass` declares one/);
  });

  it("shows how long a request has waited, and the buttons that each person may press", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    await testApp.advance(4 * 60_000);
    expect(await type("U0LEA", "status")).toMatch(
      /\*BG-1\* \*requested\*: End-to-end suite \(40 min\) \(`e2e-suite`\)\. Waits for an ack for 4 min/,
    );
    expect(labels("U0LEA")).toEqual(["Approve", "Deny"]);
    expect(await type("U0ADA", "status")).toContain("declared by you");
    expect(labels("U0ADA")).toEqual(["Withdraw"]);
  });

  it("shows an active bypass with the time left, and its buttons answer the presser", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    await type("U0LEA", "status");
    await testApp.slack.as("U0LEA").click(last("U0LEA"), "Approve");
    expect(await told(testApp, "U0LEA", /1 of 2/)).toContain("requested");
    await type("U0LOU", "status");
    await testApp.slack.as("U0LOU").click(last("U0LOU"), "Approve");
    await told(testApp, "U0LOU", /BG-1 is \*active\* until/);
    await testApp.advance(26 * 60_000);
    expect(await type("U0ADA", "status")).toMatch(/\*BG-1\* \*active\*.* 34 min left, until <!date/);
    expect(labels("U0ADA")).toEqual(["Close"]);
    await type("U0LEA", "status");
    expect(labels("U0LEA")).toEqual(["Revoke"]);
  });

  it("shows only id, gates, state and times to others", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    await type("U0OTTO", "status");
    const shown = JSON.stringify(last("U0OTTO"));
    expect(shown).not.toMatch(/Checkout|INC-219|4821|U0ADA/);
  });

  it("refuses a guest and a person whose account cannot be checked", async () => {
    testApp = await openTestApp();
    await testApp.slack.as("U0GUS").command("status", { channel: "C0INC" });
    expect(lastEphemeral(testApp.slack, "U0GUS")).toMatch(/Not shown: guests/);
    testApp.slack.faults.set("users.info", { kind: "http", status: 500 }, "always");
    expect(await type("U0LEA", "status")).toMatch(/Not shown: .*could not be checked/);
  });

  it("stays within Slack's limits with hundreds of open bypasses", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const listing = await testApp.breakglass.status({ user: "U0LEA" });
    if (!listing.ok) throw new Error(listing.code);
    const [bypass] = listing.bypasses;
    if (bypass === undefined) throw new Error("No bypass is open.");
    const many = Array.from({ length: 300 }, (_, n) => ({
      ...bypass,
      n: n + 1,
      gates: Array.from({ length: 99 }, (_, g) => `gate-${g}-${"x".repeat(50)}`),
    }));
    const { policy } = testApp.breakglass.inForce();
    const all = { bypasses: many, total: 300, now: listing.now };
    const message = statusMessage(all, "U0LEA", policy);
    expect(validateBlocks([...(message.blocks ?? [])], "message")).toEqual([]);
    expect(message.text).toContain("280 older ones");
    expect(reviewsText(all).length).toBeLessThanOrEqual(3500);
  });
});

describe("/breakglass show", () => {
  it("shows who, what, when and why to a person who may read the texts", async () => {
    testApp = await openTestApp();
    await postAlert(testApp, await declared(testApp));
    await type("U0ADA", "show bg1");
    const read = testApp.slack.render(last("U0ADA"));
    for (const words of ["who", "what", "when", "why", "Checkout is down for all customers.", "INC-219", "Timeline"])
      expect(read).toContain(words);
    expect(JSON.stringify(last("U0ADA").blocks)).toMatch(
      /"url":"https:\/\/workspace\.slack\.com\/archives\/C0INC\/p\d+"/,
    );
  });

  it("shows the reason to the reviewer, whose role may do nothing else on the path", async () => {
    testApp = await openTestApp({ policy: POLICY.replace("alone_after: 10m }", "$&\n    review: { reviewer: dba }") });
    await declared(testApp);
    await type("U0DORA", "show BG-1");
    expect(testApp.slack.render(last("U0DORA"))).toContain("Checkout is down for all customers.");
  });

  it("hides the free texts from others", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    await type("U0OTTO", "show BG-1");
    expect(JSON.stringify(last("U0OTTO"))).not.toMatch(/Checkout|INC-219|4821/);
    expect(lastEphemeral(testApp.slack, "U0OTTO")).toContain("BG-1 requested");
  });

  it("asks for a missing number and says when there is no such bypass", async () => {
    testApp = await openTestApp();
    expect(await type("U0LEA", "show")).toMatch(/Not shown: say which bypass/);
    expect(await type("U0LEA", "show BG-12")).toMatch(/Not shown: there is no BG-12\./);
  });
});

describe("/breakglass reviews", () => {
  it("lists each open review with its due date and role, and says which are overdue", async () => {
    testApp = await openTestApp();
    expect(await type("U0LEA", "reviews")).toMatch(/No review is open/);
    await declared(testApp);
    expect(await type("U0LEA", "reviews")).toMatch(
      /\*REV-1\* of BG-1 \(\*requested\*\), by `on-call-lead`: due <!date/,
    );
    const { state, now } = await testApp.record(1);
    await testApp.advance(Date.parse(state.review?.dueAt ?? "") + 86_400_000 - now.getTime());
    expect(await type("U0LEA", "reviews")).toMatch(/\*overdue\* for 1 d, since <!date/);
    await testApp.slack.as("U0GUS").command("reviews", { channel: "C0INC" });
    expect(lastEphemeral(testApp.slack, "U0GUS")).toMatch(/Not shown: guests/);
  });
});

describe("/breakglass help and unknown subcommands", () => {
  it("help names each subcommand, and each subcommand that it names works", async () => {
    testApp = await openTestApp();
    const help = await type("U0LEA", "HELP");
    for (const name of Object.keys(SUBCOMMANDS)) {
      expect(help).toContain(`/breakglass ${name}`);
      expect(await type("U0LEA", name)).not.toMatch(/There is no/);
    }
  });

  it.each(["export"])("`%s` is answered as not yet available in this version", async (text) => {
    testApp = await openTestApp();
    expect(await type("U0LEA", text)).toMatch(
      /^This version of Breakglass does not have `\w+` yet; nothing was done\./,
    );
  });

  it.each([
    ["stauts", /Did you mean `\/breakglass status`\?/],
    ["Clsoe BG-1", /Did you mean `\/breakglass close`\?/],
    ["BG-42", /Did you mean `\/breakglass show BG-42`\?/],
    ["constructor", /There is no `constructor`, and nothing was done\. `\/breakglass help`/],
    ["<!channel> & `more`", /There is no `&lt;!channel&gt;`/],
  ])("`%s` suggests the nearest subcommand and does nothing", async (text, expected) => {
    testApp = await openTestApp();
    expect(await type("U0LEA", text)).toMatch(expected);
  });
});
