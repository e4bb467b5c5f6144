import { afterEach, describe, expect, it } from "vitest";
import { validateView } from "../../demo/slack/index.js";
import type { Refusal } from "../../src/domain/decisions/refusals.js";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import { NotRecorded } from "../../src/lib/errors.js";
import { declareView, emptyDraft } from "../../src/slack/declare/view.js";
import { declared, GOOD, type House, lastWhisper, openHouse, postAlert } from "../support/slack-house.js";

let house: House;
afterEach(async () => {
  expect(house.slack.violations).toEqual([]);
  await house.close();
});

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
    await house.slack.as("U0ADA").command("");
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
    await house.slack.as("U0ADA").command("");
    expect(read()).toContain("Production is down or failing for customers & an incident is open.");
    expect(JSON.stringify(input("Gates").element.options)).toContain("Instead: smoke tests (3 min)");
    expect(read()).toContain("@leads");
    expect(read()).toContain("2 other persons must approve");
    expect(read()).toContain("A leaked key cannot be unleaked.");
  });

  it("leaves the path out when only one is open to the person", async () => {
    house = await openHouse();
    await house.slack.as("U0DORA").command("");
    expect(inputs("U0DORA").map((one) => one.label.text)).not.toContain("Path");
    await house.slack.as("U0DORA").submit({ Gates: ["schema-review"], Target: "db:orders", Reason: "Locks pile up." });
    expect(house.fake.record(1).state).toMatchObject({ path: "database_fix", incident: null, durationSeconds: 7200 });
  });

  it("redraws gates, duration and words for another path, and keeps what was typed", async () => {
    house = await openHouse();
    const ada = house.slack.as("U0ADA");
    await ada.command("");
    await ada.fill({ Gates: ["two-approvals"], Target: "db:orders", Reason: "Locks pile up.", Path: "Database fix" });
    await house.slack.settled();
    expect(input("Gates").element.options?.map((one) => one.value)).toEqual(["schema-review", "two-approvals"]);
    expect(input("Incident").optional).toBe(true);
    expect(read()).toContain("keep the way back open");
    const answer = await ada.submit({});
    expect(answer.errors).toBeUndefined();
    expect(house.fake.record(1).state).toMatchObject({ path: "database_fix", gates: ["two-approvals"] });
    expect(house.fake.record(1).entries[0]?.texts).toMatchObject({
      target_typed: "db:orders",
      reason: "Locks pile up.",
    });
  });

  it("closes without a word once the declaration is recorded", async () => {
    house = await openHouse();
    await declared(house);
    expect(house.slack.view("U0ADA")).toBeUndefined();
    expect(house.fake.record(1).state).toMatchObject({
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
    await ada.command("");
    const answer = await ada.submit({
      ...GOOD,
      Target: "https://github.com/o/r/commit/abcdef1",
      Incident: "219",
      Reason: "key AKIAIOSFODNN7EXAMPLE",
    });
    expect(Object.keys(answer.errors ?? {}).sort()).toEqual(["Incident", "Reason", "Target"]);
    expect(house.fake.count).toBe(0);
    expect(house.slack.view("U0ADA")).toBeDefined();
    await ada.submit({ Target: "o/r#1", Incident: "INC-219", Reason: "Checkout is down." });
    expect(house.fake.count).toBe(1);
  });

  it.each<[Refusal, string, RegExp]>([
    [{ code: "guest" }, "Path", /Not declared: guests/],
    [{ code: "unverifiable" }, "Path", /could not be checked/],
    [{ code: "not_entitled" }, "Path", /Ask on-call-engineer/],
  ])("shows the refusal %o under %s", async (refusal, label, words) => {
    house = await openHouse();
    await house.slack.as("U0ADA").command("");
    house.fake.refuseNext = refusal;
    const answer = await house.slack.as("U0ADA").submit(GOOD);
    expect(answer.errors?.[label]).toMatch(words);
    expect(answer.errors?.[label]).not.toMatch(/[<>`*]/);
  });

  it("says not recorded, above the submit button, when the trail cannot be written", async () => {
    house = await openHouse();
    await house.slack.as("U0ADA").command("");
    house.fake.before = async (call) => {
      if (call === "declare") throw new NotRecorded("not_recorded");
    };
    const answer = await house.slack.as("U0ADA").submit(GOOD);
    expect(answer.errors?.Duration).toMatch(/^Not recorded\. .*Try again/);
    house.fake.before = async () => {};
    expect(house.fake.count).toBe(0);
    await house.slack.as("U0ADA").submit({});
    expect(house.fake.count).toBe(1);
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
    house.fake.before = async (call) => (call === "offer" ? slow : undefined);
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
    house.fake.before = async (call) => (call === "offer" ? slow : undefined);
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
    await house.slack.as("U0ADA").command("");
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
    expect(house.fake.count).toBe(0);
  });

  it("declares once when Slack delivers the same submission twice", async () => {
    house = await openHouse();
    await declared(house);
    const sent = house.slack.record.requests.find((request) => request.payload.type === "view_submission");
    await house.slack.replay(sent);
    expect(house.fake.count).toBe(1);
  });

  it("takes a declaration from an Enterprise installation, where the team is null and ids begin with W", async () => {
    house = await openHouse({ double: { enterpriseId: "E0ORG", orgInstall: true } });
    await house.slack.as("W0WENDY").command("");
    await house.slack.as("W0WENDY").submit(GOOD);
    expect(house.fake.record(1).state.requester.user).toBe("W0WENDY");
  });
});

describe("Break Glass Again", () => {
  it("opens the modal with what the old bypass was declared with, and links the new one to it", async () => {
    house = await openHouse();
    const n = await declared(house, { ...GOOD, Reason: "Checkout <is> down & out." });
    const at = await postAlert(house, n, "again");
    await house.slack.as("U0ADA").click(at, "Break Glass Again");
    expect(read()).toContain("INC-219");
    await house.slack.as("U0ADA").submit({});
    expect(house.fake.record(2).state).toMatchObject({ again: 1, gates: ["e2e-suite"], incident: "INC-219" });
    expect(house.fake.record(2).entries[0]?.texts.reason).toBe("Checkout <is> down & out.");
  });

  it("brings no free text to someone who may not read it", async () => {
    house = await openHouse();
    const at = await postAlert(house, await declared(house), "again");
    house.fake.people.set("U0OTTO", { roles: ["dba"] });
    await house.slack.as("U0OTTO").click(at, "Break Glass Again");
    expect(read("U0OTTO")).not.toContain("Checkout");
    expect(read("U0OTTO")).not.toContain("INC-219");
  });
});

describe("the modal at its limits", () => {
  it("is one that Slack takes with a hundred long gates and paths", async () => {
    house = await openHouse();
    const long = (what: string, n: number) => `${what}-${n}-${"x".repeat(50)}`;
    const gates = Array.from(
      { length: 99 },
      (_, n) =>
        `  ${long("gate", n)}: { title: "${"T".repeat(75)}", instead: "${"do this & that <first> ".repeat(12)}" }`,
    );
    const never = `  never: { never_bypass: "${"because & ".repeat(29)}" }`;
    const paths = Array.from(
      { length: 100 },
      (_, n) =>
        `  ${long("path", n)}: { when: "${"w & ".repeat(240)}", who_can_invoke: [r], requires: [reason], expires_after: 24h }`,
    );
    const text = [
      "version: 1",
      'alert_channel: "#i"',
      "roles: { r: { slack_users: [U0ADA] } }",
      "gates:",
      ...gates,
      never,
      "paths:",
      ...paths,
    ].join("\n");
    const parsed = parsePolicy(text, "large.yaml");
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors.slice(0, 3)));
    const all = Object.keys(parsed.policy.paths);
    const modal = declareView(parsed.policy, all, emptyDraft(all[0] ?? ""));
    expect(validateView(modal, "modal")).toEqual([]);
  });
});
