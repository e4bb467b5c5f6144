import { afterEach, describe, expect, it } from "vitest";
import { NotRecorded } from "../../src/lib/errors.js";
import {
  declared,
  directWith,
  GOOD,
  type House,
  lastWhisper,
  messageWith,
  openHouse,
  postAlert,
} from "../support/slack-app.js";

let house: House;
afterEach(async () => {
  expect(house.slack.violations).toEqual([]);
  await house.close();
});

/** Opens the declare modal, and waits for it where the roles are slow to read. */
async function opens(user = "U0ADA"): Promise<void> {
  await house.slack.as(user).command("");
  await house.slack.until(() => house.slack.view(user)?.submit === "Break Glass", "the form");
}
const view = (user = "U0ADA") => {
  const open = house.slack.view(user);
  if (open === undefined) throw new Error(`${user} has no modal open`);
  return open;
};
const read = (user = "U0ADA"): string => house.slack.render(view(user));
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
  const found = inputs(user).find((one) => one.label.text === label);
  if (found === undefined) throw new Error(`no input ${label}`);
  return found;
};

describe("the declare modal", () => {
  it("carries the labels, values and submit button that outside programs rely on", async () => {
    house = await openHouse();
    await opens();
    expect(inputs().map((one) => one.label.text)).toEqual([
      "Path",
      "Gates",
      "Target",
      "Incident",
      "Reason",
      "Duration",
    ]);
    expect(view().submit).toBe("Break Glass");
    expect(input("Path").element.type).toBe("static_select");
    expect(input("Path").element.options?.map((one) => one.value)).toEqual(["emergency_deploy", "database_fix"]);
    expect(input("Gates").element.type).toBe("checkboxes");
    expect(input("Gates").element.options?.map((one) => one.value)).toEqual(["e2e-suite", "two-approvals"]);
    expect(input("Gates").element.initial_options).toBeUndefined();
    expect(input("Duration").element.options?.map((one) => one.value)).toEqual(["15m", "30m", "60m"]);
    expect(input("Duration").element.initial_option?.value).toBe("60m");
  });

  it("keeps in sight when to use the path, what to do instead, who is asked, and what is never bypassed", async () => {
    house = await openHouse();
    await opens();
    expect(read()).toContain("Production is down or failing for customers & an incident is open.");
    expect(JSON.stringify(input("Gates").element.options)).toContain("Instead: smoke tests (3 min)");
    expect(read()).toContain("@leads");
    expect(read()).toContain("2 other persons must approve");
    expect(read()).toContain("A leaked key cannot be unleaked.");
  });

  it("leaves the path out when only one is open to the person", async () => {
    house = await openHouse();
    await opens("U0DORA");
    expect(inputs("U0DORA").map((one) => one.label.text)).not.toContain("Path");
    await house.slack.as("U0DORA").submit({ Gates: ["schema-review"], Target: "db:orders", Reason: "Locks pile up." });
    expect((await house.record(1)).state).toMatchObject({
      path: "database_fix",
      incident: null,
      durationSeconds: 7200,
    });
  });

  it("redraws gates, duration and words for another path, and keeps what was typed", async () => {
    house = await openHouse();
    const ada = house.slack.as("U0ADA");
    await opens();
    await ada.fill({ Gates: ["two-approvals"], Target: "db:orders", Reason: "Locks pile up.", Path: "Database fix" });
    await house.slack.settled();
    expect(input("Gates").element.options?.map((one) => one.value)).toEqual(["schema-review", "two-approvals"]);
    expect(input("Incident").optional).toBe(true);
    expect(read()).toContain("keep the way back open");
    const answer = await ada.submit({});
    expect(answer.errors).toBeUndefined();
    expect((await house.record(1)).state).toMatchObject({ path: "database_fix", gates: ["two-approvals"] });
    expect((await house.record(1)).entries[0]?.texts).toMatchObject({
      target_typed: "db:orders",
      reason: "Locks pile up.",
    });
  });

  it("closes without a word once the declaration is recorded", async () => {
    house = await openHouse();
    await declared(house);
    expect(house.slack.view("U0ADA")).toBeUndefined();
    expect((await house.record(1)).state).toMatchObject({
      status: "requested",
      gates: ["e2e-suite"],
      incident: "INC-219",
      requester: { user: "U0ADA" },
    });
    expect(house.slack.ephemerals("U0ADA")).toEqual([]);
  });

  it("shows all problems at once, each under its own field, and keeps the modal", async () => {
    house = await openHouse();
    const ada = house.slack.as("U0ADA");
    await opens();
    const answer = await ada.submit({
      ...GOOD,
      Target: "https://github.com/o/r/commit/abcdef1",
      Incident: "219",
      Reason: "key AKIAIOSFODNN7EXAMPLE",
    });
    expect(Object.keys(answer.errors ?? {}).sort()).toEqual(["Incident", "Reason", "Target"]);
    expect(await house.count()).toBe(0);
    expect(house.slack.view("U0ADA")).toBeDefined();
    await ada.submit({ Target: "o/r#1", Incident: "INC-219", Reason: "Checkout is down." });
    expect(await house.count()).toBe(1);
  });

  it.each<[string, () => void, RegExp]>([
    ["became a guest", () => house.slack.people.update("U0ADA", { guest: "multi" }), /Not declared: guests/],
    [
      "cannot be checked any more",
      () => house.slack.faults.set("users.info", { kind: "http", status: 500 }, "always"),
      /could not be checked/,
    ],
    ["has left the role's user group", () => house.slack.groups.set("S0ONCALL", []), /Ask on-call-engineer/],
  ])("tells under Path that whoever opened it %s", async (_what, change, words) => {
    house = await openHouse();
    await opens();
    change();
    await house.advance(16 * 60_000);
    const answer = await house.slack.as("U0ADA").submit(GOOD);
    expect(answer.errors?.Path).toMatch(words);
    expect(answer.errors?.Path).not.toMatch(/[<>`*]/);
    expect(await house.count()).toBe(0);
  });

  it("says not recorded, above the submit button, when the trail cannot be written", async () => {
    house = await openHouse();
    await opens();
    house.before = async (call) => {
      if (call === "commit") throw new NotRecorded("not_recorded");
    };
    const answer = await house.slack.as("U0ADA").submit(GOOD);
    expect(answer.errors?.Duration).toMatch(/^Not recorded\. .*Try again/);
    house.before = async () => {};
    expect(await house.count()).toBe(0);
    await house.slack.as("U0ADA").submit({});
    expect(await house.count()).toBe(1);
  });

  it("tells someone who may invoke nothing which roles to ask", async () => {
    house = await openHouse();
    await house.slack.as("U0OTTO").command("");
    expect(lastWhisper(house.slack, "U0OTTO")).toContain("<!subteam^S0ONCALL>");
    expect(house.slack.view("U0OTTO")).toBeUndefined();
  });

  it("refuses a guest even inside the role's user group", async () => {
    house = await openHouse();
    await house.slack.as("U0GUS").command("", { channel: "C0INC" });
    expect(lastWhisper(house.slack, "U0GUS")).toMatch(/guests of this workspace/);
  });

  it("opens a loading view when the roles are slow to read, and redraws it", async () => {
    house = await openHouse();
    let go = () => {};
    const slow = new Promise<void>((resolve) => {
      go = resolve;
    });
    house.before = async (call) => (call === "group" ? slow : undefined);
    const answer = await house.slack.as("U0ADA").command("");
    expect(answer.ms).toBeLessThan(2000);
    expect(read()).toContain("One moment");
    go();
    await house.slack.until(() => house.slack.view("U0ADA")?.submit === "Break Glass", "the form");
  });

  it("says so in the loading view when the looking up fails", async () => {
    house = await openHouse();
    let fail = (_fault: Error) => {};
    const slow = new Promise<void>((_resolve, reject) => {
      fail = reject;
    });
    house.before = async (call) => (call === "group" ? slow : undefined);
    await house.slack.as("U0ADA").command("");
    fail(new NotRecorded("not_recorded"));
    await house.slack.until(() => read().includes("could not be looked up"), "the apology");
  });

  it("says that the form did not open when Slack does not open it", async () => {
    house = await openHouse();
    house.slack.faults.set("views.open", { kind: "error", code: "expired_trigger_id" });
    await house.slack.as("U0ADA").command("");
    expect(lastWhisper(house.slack, "U0ADA")).toMatch(/did not open the form, so nothing was done/);
  });

  it("replaces a form whose carried words were tampered with", async () => {
    house = await openHouse();
    await opens();
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
    const answer = await house.slack.send(body, {
      ...house.slack.sign(body),
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(answer.body).toContain("could not be read");
    expect(await house.count()).toBe(0);
  });

  it("declares once when Slack delivers the same submission twice", async () => {
    house = await openHouse();
    await declared(house);
    const sent = house.slack.record.requests.find((request) => request.payload.type === "view_submission");
    await house.slack.replay(sent);
    expect(await house.count()).toBe(1);
  });

  it("takes a declaration from an Enterprise installation, where the team is null and ids begin with W", async () => {
    house = await openHouse({ double: { enterpriseId: "E0ORG", orgInstall: true } });
    await opens("W0WENDY");
    await house.slack.as("W0WENDY").submit(GOOD);
    expect((await house.record(1)).state.requester.user).toBe("W0WENDY");
  });
});

describe("Break Glass Again", () => {
  /** Ada's bypass was approved, and the warning before its end stands. */
  async function almostOver(values: Parameters<typeof declared>[1]): Promise<void> {
    const at = await postAlert(house, await declared(house, values));
    await house.slack.as("U0LEA").click(at, "Approve");
    await house.slack.as("U0LOU").click(at, "Approve");
    await house.advance(56 * 60_000);
    await house.sweep();
  }

  it("opens the modal with what the old bypass was declared with, and links the new one to it", async () => {
    house = await openHouse();
    await almostOver({ ...GOOD, Reason: "Checkout <is> down & out." });
    await house.slack.as("U0ADA").click(directWith(house, "U0ADA", "Break Glass Again"), "Break Glass Again");
    await house.slack.until(() => house.slack.view("U0ADA")?.submit === "Break Glass", "the form");
    expect(read()).toContain("INC-219");
    await house.slack.as("U0ADA").submit({});
    expect((await house.record(2)).state).toMatchObject({ again: 1, gates: ["e2e-suite"], incident: "INC-219" });
    expect((await house.record(2)).entries[0]?.texts.reason).toBe("Checkout <is> down & out.");
  });

  it("brings no free text to someone who may not read it", async () => {
    house = await openHouse();
    house.slack.groups.set("S0ONCALL", ["U0ADA", "U0OTTO"]);
    await almostOver(GOOD);
    await house.slack.as("U0OTTO").click(messageWith(house, "C0INC", "Break Glass Again"), "Break Glass Again");
    await house.slack.until(() => house.slack.view("U0OTTO")?.submit === "Break Glass", "the form");
    expect(read("U0OTTO")).not.toContain("Checkout");
    expect(read("U0OTTO")).not.toContain("INC-219");
  });
});
