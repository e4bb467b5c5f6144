import { afterEach, describe, expect, it } from "vitest";
import { NotRecorded } from "../../src/lib/errors.js";
import { ACCESS_KEY } from "../support/secrets.js";
import {
  declared,
  directWith,
  GOOD,
  lastEphemeral,
  messageWith,
  openTestApp,
  postAlert,
  type TestApp,
} from "../support/slack-app.js";

let testApp: TestApp;
afterEach(async () => {
  expect(testApp.slack.violations).toEqual([]);
  await testApp.close();
});

/** Opens the declare modal and waits for the form, since the roles may be slow to read. */
async function openForm(user = "U0ADA"): Promise<void> {
  await testApp.slack.as(user).command("");
  await testApp.slack.until(() => testApp.slack.view(user)?.submit === "Break Glass", "the form");
}
const view = (user = "U0ADA") => {
  const open = testApp.slack.view(user);
  if (open === undefined) throw new Error(`${user} has no modal open.`);
  return open;
};
const read = (user = "U0ADA"): string => testApp.slack.render(view(user));
const inputs = (user = "U0ADA") =>
  view(user)
    .blocks.filter((block) => block.type === "input")
    .map(
      (block) =>
        block as {
          label: { text: string };
          element: {
            type: string;
            options?: { value: string }[];
            initial_option?: { value: string };
            initial_options?: unknown;
          };
          optional?: boolean;
        },
    );
const input = (label: string, user = "U0ADA") => {
  const found = inputs(user).find((block) => block.label.text === label);
  if (found === undefined) throw new Error(`There is no input ${label}.`);
  return found;
};

describe("the declare modal", () => {
  it("has the labels, values and submit button that outside programs rely on", async () => {
    testApp = await openTestApp();
    await openForm();
    expect(inputs().map((block) => block.label.text)).toEqual([
      "Path",
      "Gates",
      "Target",
      "Incident",
      "Reason",
      "Duration",
    ]);
    expect(view().submit).toBe("Break Glass");
    expect(input("Path").element.type).toBe("static_select");
    expect(input("Path").element.options?.map(({ value }) => value)).toEqual(["emergency_deploy", "database_fix"]);
    expect(input("Gates").element.type).toBe("checkboxes");
    expect(input("Gates").element.options?.map(({ value }) => value)).toEqual(["e2e-suite", "two-approvals"]);
    expect(input("Gates").element.initial_options).toBeUndefined();
    expect(input("Duration").element.options?.map(({ value }) => value)).toEqual(["15m", "30m", "60m"]);
    expect(input("Duration").element.initial_option?.value).toBe("60m");
  });

  it("shows when to use the path, what to do instead, who is asked, and what is never bypassed", async () => {
    testApp = await openTestApp();
    await openForm();
    expect(read()).toContain("Production is down or failing for customers & an incident is open.");
    expect(JSON.stringify(input("Gates").element.options)).toContain("Instead: smoke tests (3 min)");
    expect(read()).toContain("@leads");
    expect(read()).toContain("2 other persons must approve");
    expect(read()).toContain("A leaked key cannot be unleaked.");
  });

  it("leaves out the path when the person may use only one", async () => {
    testApp = await openTestApp();
    await openForm("U0DORA");
    expect(inputs("U0DORA").map((block) => block.label.text)).not.toContain("Path");
    await testApp.slack
      .as("U0DORA")
      .submit({ Gates: ["schema-review"], Target: "db:orders", Reason: "Locks pile up." });
    expect((await testApp.record(1)).state).toMatchObject({
      path: "database_fix",
      incident: null,
      durationSeconds: 7200,
    });
  });

  it("updates gates, duration and texts for another path and keeps what was typed", async () => {
    testApp = await openTestApp();
    const ada = testApp.slack.as("U0ADA");
    await openForm();
    await ada.fill({ Gates: ["two-approvals"], Target: "db:orders", Reason: "Locks pile up.", Path: "Database fix" });
    await testApp.slack.settled();
    expect(input("Gates").element.options?.map(({ value }) => value)).toEqual(["schema-review", "two-approvals"]);
    expect(input("Incident").optional).toBe(true);
    expect(read()).toContain("keep the way back open");
    const answer = await ada.submit({});
    expect(answer.errors).toBeUndefined();
    expect((await testApp.record(1)).state).toMatchObject({ path: "database_fix", gates: ["two-approvals"] });
    expect((await testApp.record(1)).entries[0]?.texts).toMatchObject({
      target_typed: "db:orders",
      reason: "Locks pile up.",
    });
  });

  it("closes without a message once the declaration is recorded", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    expect(testApp.slack.view("U0ADA")).toBeUndefined();
    expect((await testApp.record(1)).state).toMatchObject({
      status: "requested",
      gates: ["e2e-suite"],
      incident: "INC-219",
      requester: { user: "U0ADA" },
    });
    expect(testApp.slack.ephemerals("U0ADA")).toEqual([]);
  });

  it("shows all problems at once, each under its field, and stays open", async () => {
    testApp = await openTestApp();
    const ada = testApp.slack.as("U0ADA");
    await openForm();
    const answer = await ada.submit({
      ...GOOD,
      Target: "https://github.com/o/r/commit/abcdef1",
      Incident: "219",
      Reason: `key ${ACCESS_KEY}`,
    });
    expect(Object.keys(answer.errors ?? {}).sort()).toEqual(["Incident", "Reason", "Target"]);
    expect(await testApp.count()).toBe(0);
    expect(testApp.slack.view("U0ADA")).toBeDefined();
    await ada.submit({ Target: "o/r#1", Incident: "INC-219", Reason: "Checkout is down." });
    expect(await testApp.count()).toBe(1);
  });

  it.each<[string, () => void, RegExp]>([
    ["has become a guest", () => testApp.slack.people.update("U0ADA", { guest: "multi" }), /Not declared: guests/],
    [
      "can no longer be checked",
      () => testApp.slack.faults.set("users.info", { kind: "http", status: 500 }, "always"),
      /could not be checked/,
    ],
    ["has left the role's user group", () => testApp.slack.groups.set("S0ONCALL", []), /Ask on-call-engineer/],
  ])("refuses under Path when its opener %s", async (_what, change, reason) => {
    testApp = await openTestApp();
    await openForm();
    change();
    await testApp.advance(16 * 60_000);
    const answer = await testApp.slack.as("U0ADA").submit(GOOD);
    expect(answer.errors?.Path).toMatch(reason);
    expect(answer.errors?.Path).not.toMatch(/[<>`*]/);
    expect(await testApp.count()).toBe(0);
  });

  it("says Not recorded under the last field when the trail cannot be written", async () => {
    testApp = await openTestApp();
    await openForm();
    testApp.before = async (call) => {
      if (call === "commit") throw new NotRecorded("not_recorded");
    };
    const answer = await testApp.slack.as("U0ADA").submit(GOOD);
    expect(answer.errors?.Duration).toMatch(/^Not recorded\. .*Try again/);
    testApp.before = async () => {};
    expect(await testApp.count()).toBe(0);
    await testApp.slack.as("U0ADA").submit({});
    expect(await testApp.count()).toBe(1);
  });

  it("tells a person who may invoke nothing which roles to ask", async () => {
    testApp = await openTestApp();
    await testApp.slack.as("U0OTTO").command("");
    expect(lastEphemeral(testApp.slack, "U0OTTO")).toContain("<!subteam^S0ONCALL>");
    expect(testApp.slack.view("U0OTTO")).toBeUndefined();
  });

  it("refuses a guest even inside the role's user group", async () => {
    testApp = await openTestApp();
    await testApp.slack.as("U0GUS").command("", { channel: "C0INC" });
    expect(lastEphemeral(testApp.slack, "U0GUS")).toMatch(/guests of this workspace/);
  });

  it("opens a loading view when the roles are slow to read, and replaces it with the form", async () => {
    testApp = await openTestApp();
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    testApp.before = async (call) => (call === "group" ? slow : undefined);
    const answer = await testApp.slack.as("U0ADA").command("");
    expect(answer.ms).toBeLessThan(2000);
    expect(read()).toContain("One moment");
    release();
    await testApp.slack.until(() => testApp.slack.view("U0ADA")?.submit === "Break Glass", "the form");
  });

  it("shows an apology in the loading view when the lookup fails", async () => {
    testApp = await openTestApp();
    let fail = (_fault: Error) => {};
    const slow = new Promise<void>((_resolve, reject) => {
      fail = reject;
    });
    testApp.before = async (call) => (call === "group" ? slow : undefined);
    await testApp.slack.as("U0ADA").command("");
    fail(new NotRecorded("not_recorded"));
    await testApp.slack.until(() => read().includes("could not be looked up"), "the apology");
  });

  it("tells the person when Slack does not open the form", async () => {
    testApp = await openTestApp();
    testApp.slack.faults.set("views.open", { kind: "error", code: "expired_trigger_id" });
    await testApp.slack.as("U0ADA").command("");
    expect(lastEphemeral(testApp.slack, "U0ADA")).toMatch(/did not open the form, so nothing was done/);
  });

  it("refuses a submission whose private metadata was tampered with", async () => {
    testApp = await openTestApp();
    await openForm();
    const request = JSON.stringify({
      type: "view_submission",
      user: { id: "U0ADA" },
      team: null,
      view: {
        id: "V1",
        hash: "1.a",
        callback_id: "declare",
        private_metadata: '{"path":5}',
        state: { values: {} },
        blocks: [],
      },
    });
    const body = new URLSearchParams({ payload: request }).toString();
    const answer = await testApp.slack.send(body, {
      ...testApp.slack.sign(body),
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(answer.body).toContain("could not be read");
    expect(await testApp.count()).toBe(0);
  });

  it("declares once when Slack delivers the same submission twice", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const sent = testApp.slack.record.requests.find((request) => request.payload.type === "view_submission");
    await testApp.slack.replay(sent);
    expect(await testApp.count()).toBe(1);
  });

  it("accepts a declaration from an Enterprise installation, where the team is null and ids begin with W", async () => {
    testApp = await openTestApp({ double: { enterpriseId: "E0ORG", orgInstall: true } });
    await openForm("W0WENDY");
    await testApp.slack.as("W0WENDY").submit(GOOD);
    expect((await testApp.record(1)).state.requester.user).toBe("W0WENDY");
  });
});

describe("Break Glass Again", () => {
  /** Declares and approves Ada's bypass, and posts the warning before its end. */
  async function aboutToExpire(values: Parameters<typeof declared>[1]): Promise<void> {
    const alert = await postAlert(testApp, await declared(testApp, values));
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    await testApp.slack.as("U0LOU").click(alert, "Approve");
    await testApp.advance(56 * 60_000);
    await testApp.sweep();
  }

  it("opens the modal prefilled from the old bypass, and links the new one to it", async () => {
    testApp = await openTestApp();
    await aboutToExpire({ ...GOOD, Reason: "Checkout <is> down & out." });
    await testApp.slack.as("U0ADA").click(directWith(testApp, "U0ADA", "Break Glass Again"), "Break Glass Again");
    await testApp.slack.until(() => testApp.slack.view("U0ADA")?.submit === "Break Glass", "the form");
    expect(read()).toContain("INC-219");
    await testApp.slack.as("U0ADA").submit({});
    expect((await testApp.record(2)).state).toMatchObject({ again: 1, gates: ["e2e-suite"], incident: "INC-219" });
    expect((await testApp.record(2)).entries[0]?.texts.reason).toBe("Checkout <is> down & out.");
  });

  it("prefills no free text for a person who may not read it", async () => {
    testApp = await openTestApp();
    testApp.slack.groups.set("S0ONCALL", ["U0ADA", "U0OTTO"]);
    await aboutToExpire(GOOD);
    await testApp.slack.as("U0OTTO").click(messageWith(testApp, "C0INC", "Break Glass Again"), "Break Glass Again");
    await testApp.slack.until(() => testApp.slack.view("U0OTTO")?.submit === "Break Glass", "the form");
    expect(read("U0OTTO")).not.toContain("Checkout");
    expect(read("U0OTTO")).not.toContain("INC-219");
  });
});
