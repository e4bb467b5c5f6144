import { afterEach, describe, expect, it } from "vitest";
import { NotRecorded } from "../../../src/lib/errors.js";
import {
  declared,
  declaredWithoutForm,
  GOOD,
  gate,
  lastEphemeral,
  openTestApp,
  postAlert,
  type TestApp,
  told,
} from "../../support/slack-app.js";

let testApp: TestApp;
afterEach(async () => {
  await testApp.close();
});

describe("when the answer is late", () => {
  const quick = { app: { answerWithinMs: 500 } };

  it("a slash command is acknowledged in time, and its result follows", async () => {
    testApp = await openTestApp(quick);
    await declaredWithoutForm(testApp);
    const slow = gate();
    testApp.before = async (call) => (call === "commit" ? slow.wait : undefined);
    const answer = await testApp.slack.as("U0ADA").command("log BG-1 restarted the queue");
    expect(answer.status).toBe(200);
    expect(lastEphemeral(testApp.slack, "U0ADA")).toMatch(/not known yet whether it was recorded/);
    slow.open();
    await testApp.slack.until(() => lastEphemeral(testApp.slack, "U0ADA") === "Logged to BG-1.", "the late answer");
  });

  it("a press is acknowledged in time, and the presser learns that the outcome is not known yet", async () => {
    testApp = await openTestApp(quick);
    await declaredWithoutForm(testApp);
    const alert = await postAlert(testApp, 1);
    const slow = gate();
    testApp.before = async (call) => (call === "commit" ? slow.wait : undefined);
    expect((await testApp.slack.as("U0LEA").click(alert, "Approve")).status).toBe(200);
    await told(testApp, "U0LEA", /not known yet/);
    slow.open();
    await expect.poll(async () => (await testApp.record(1)).state.approvals.length).toBe(1);
  });

  it("a form keeps what was typed and later shows that it was recorded", async () => {
    testApp = await openTestApp(quick);
    await testApp.slack.as("U0ADA").command("");
    await testApp.slack.until(() => testApp.slack.view("U0ADA")?.submit !== undefined, "the form");
    const slow = gate();
    testApp.before = async (call) => (call === "commit" ? slow.wait : undefined);
    const answer = await testApp.slack.as("U0ADA").submit(GOOD);
    expect(Object.values(answer.errors ?? {}).join()).toMatch(/not known yet whether it was recorded/);
    slow.open();
    await testApp.slack.until(() => {
      const view = testApp.slack.view("U0ADA");
      return view !== undefined && testApp.slack.render(view).includes("It is recorded after all: BG-1");
    }, "the late result");
    expect(await testApp.count()).toBe(1);
  });

  it("a late event is answered with 503, and its second delivery changes nothing more", async () => {
    testApp = await openTestApp(quick);
    await declaredWithoutForm(testApp);
    const alert = await postAlert(testApp, 1);
    const slow = gate();
    testApp.before = async (call) => (call === "commit" ? slow.wait : undefined);
    const { answer } = await testApp.slack.as("U0ADA").say("C0INC", "log: restarted the queue", alert.ts);
    expect(answer?.status).toBe(503);
    slow.open();
    await testApp.slack.until(() => lastEphemeral(testApp.slack, "U0ADA") === "Logged to BG-1.", "the confirmation");
    expect((await testApp.slack.replay(undefined, { retryNum: 1 })).status).toBe(200);
    expect((await testApp.record(1)).state.logLines).toMatchObject([{ count: 1 }]);
    expect(testApp.slack.ephemerals("U0ADA").filter(({ text }) => text === "Logged to BG-1.")).toHaveLength(1);
  });
});

describe("when something breaks", () => {
  it("the person sees an error mark that is also in the log, and no typed text reaches the log", async () => {
    testApp = await openTestApp();
    testApp.before = async () => {
      throw new Error("the words Ada typed");
    };
    await testApp.slack.as("U0ADA").command("log BG-1 hunter2");
    const mark = /Error ([0-9a-f]{8})/.exec(lastEphemeral(testApp.slack, "U0ADA"))?.[1];
    expect(testApp.logs).toContainEqual(
      expect.objectContaining({
        level: "error",
        event: "slack.listener_broke",
        fields: expect.objectContaining({ request: mark, fault: "Error" }),
      }),
    );
    expect(JSON.stringify(testApp.logs)).not.toMatch(/hunter2|Ada typed/);
  });

  it("a press that could not be recorded says so", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    testApp.before = async () => {
      throw new NotRecorded("not_recorded");
    };
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    await told(testApp, "U0LEA", /^Not recorded\./);
    expect(testApp.logs.filter((line) => line.level === "error")).toEqual([]);
  });

  it("a press for which the trail could not be read says that, and that nothing was changed", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    testApp.before = async (call) => {
      if (call === "load") throw new NotRecorded("not_read");
    };
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    await told(testApp, "U0LEA", /^The trail could not be read, so nothing was changed\./);
  });

  it("a press that is recorded and cannot be shown does not say that nothing was done", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    testApp.before = async (call) => {
      if (call === "record") throw new NotRecorded("not_read");
    };
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    await told(testApp, "U0LEA", /^This is recorded, but/);
    await testApp.slack.as("U0OTTO").click(alert, "Approve");
    await told(testApp, "U0OTTO", /^Not approved: your roles do not allow it/);
    testApp.before = async () => {};
    expect((await testApp.record(1)).state.approvals).toHaveLength(1);
  });

  it("a press whose outcome was lost says that the outcome is not known", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    testApp.before = async () => {
      throw new NotRecorded("unknown");
    };
    await testApp.slack.as("U0LEA").click(alert, "Approve");
    await told(testApp, "U0LEA", /not known whether this was recorded/);
  });

  it("a log line that could not be recorded is reported once, and recorded when Slack delivers it again", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    testApp.before = async (call) => {
      if (call === "commit") throw new NotRecorded("not_recorded");
    };
    const { answer } = await testApp.slack.as("U0ADA").say("C0INC", "log: restarted", alert.ts);
    expect(answer?.status).toBe(503);
    const event = testApp.slack.lastRequest;
    await testApp.slack.replay(event, { retryNum: 1 });
    await testApp.slack.settled();
    expect(testApp.slack.ephemerals("U0ADA")).toHaveLength(1);
    expect(lastEphemeral(testApp.slack, "U0ADA")).toMatch(/Not recorded\..*delivers your line again/s);
    testApp.before = async () => {};
    expect((await testApp.slack.replay(event, { retryNum: 2 })).status).toBe(200);
    expect(lastEphemeral(testApp.slack, "U0ADA")).toBe("Logged to BG-1.");
  });

  it("a reply that fails on both channels is retried until it reaches the person", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    testApp.slack.faults.set("response_url", { kind: "drop" });
    testApp.slack.faults.set("chat.postEphemeral", { kind: "http", status: 503 });
    await testApp.slack.as("U0ADA").click(alert, "Approve");
    await told(testApp, "U0ADA", /Not approved/);
    expect(testApp.slack.ephemerals("U0ADA")).toHaveLength(1);
  });

  it("a reply that Slack refuses on both channels is not retried", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    testApp.slack.faults.set("response_url", { kind: "error", code: "expired_url" }, "always");
    testApp.slack.faults.set("chat.postEphemeral", { kind: "error", code: "user_not_in_channel" }, "always");
    await testApp.slack.as("U0ADA").click(alert, "Approve");
    await expect.poll(() => testApp.logs.map(({ event }) => event)).toContain("slack.person_not_told");
    expect(testApp.slack.record.calls.filter(({ method }) => method === "chat.postEphemeral")).toHaveLength(1);
  });

  it("the person gets a reply when the loading view cannot be updated", async () => {
    testApp = await openTestApp();
    const slow = gate();
    testApp.before = async (call) => (call === "group" ? slow.wait : undefined);
    await testApp.slack.as("U0ADA").command("");
    expect(testApp.slack.view("U0ADA")?.submit).toBeUndefined();
    testApp.slack.faults.set("views.update", { kind: "http", status: 500 }, { next: 2 });
    slow.open();
    await told(testApp, "U0ADA", /did not open the form/);
  });

  it("a loading view is updated although Slack's answer was lost", async () => {
    testApp = await openTestApp();
    const slow = gate();
    testApp.before = async (call) => (call === "group" ? slow.wait : undefined);
    await testApp.slack.as("U0ADA").command("");
    testApp.slack.faults.set("views.update", { kind: "lost" });
    slow.open();
    await expect.poll(() => testApp.logs.map(({ event }) => event)).toContain("slack.view_not_updated");
    expect(testApp.slack.view("U0ADA")?.submit).toBe("Break Glass");
    await testApp.slack.settled();
    expect(testApp.slack.ephemerals("U0ADA")).toEqual([]);
  });

  it("the reply goes out as an ephemeral message when the response URL fails", async () => {
    testApp = await openTestApp();
    await declared(testApp);
    const alert = await postAlert(testApp, 1);
    testApp.slack.faults.set("response_url", { kind: "http", status: 500 });
    await testApp.slack.as("U0ADA").click(alert, "Approve");
    await told(testApp, "U0ADA", /Not approved/);
    expect(testApp.slack.ephemerals("U0ADA").at(-1)?.via).toBe("postEphemeral");
  });
});
