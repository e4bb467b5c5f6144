import { createSlackDouble, type DoubleOptions, type SlackDouble } from "../../demo/slack/index.js";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import { charts } from "../../src/integrations/charts/charts.js";
import type { Route } from "../../src/lib/route.js";
import { createSlackApp, type SlackApp, type SlackAppOptions } from "../../src/slack/app.js";
import { createWebClient } from "../../src/slack/delivery/web-client.js";
import { alertMessage } from "../../src/slack/messages/alert.js";
import { type ButtonName, buttons } from "../../src/slack/messages/buttons.js";
import { messageContextOf } from "../../src/slack/messages/context.js";
import type { Log } from "../../src/usecases/ports/ports.js";
import { createFakeBreakglass, type FakeBreakglass } from "./fake-breakglass.js";

export const POLICY = `
version: 1
alert_channel: "#incidents"
roles:
  on-call-engineer: { slack_usergroup: S0ONCALL }
  on-call-lead: { slack_usergroup: S0LEADS }
  dba: { slack_users: [U0DORA] }
rights: { redact: [dba] }
gates:
  e2e-suite: { title: "End-to-end suite (40 min)", owner: on-call-lead, instead: "smoke tests (3 min)" }
  two-approvals: { title: "Two approvals on main", owner: on-call-lead }
  schema-review: { title: "Schema review", owner: dba, instead: "Read the plan of the migration aloud to another person who knows the table, and keep the way back open." }
  secret-scan: { title: "Secret scanning", owner: on-call-lead, never_bypass: "A leaked key cannot be unleaked." }
paths:
  emergency_deploy:
    title: "Emergency deploy"
    gates: [e2e-suite, two-approvals]
    when: "Production is down or failing for customers & an incident is open."
    incident_pattern: "^INC-\\\\d+$"
    who_can_invoke: [on-call-engineer]
    who_can_ack: [on-call-lead]
    requires: [incident_id, reason, second_person_ack]
    expires_after: 60m
    ack: { needed: 2, alone_after: 10m }
  database_fix:
    title: "Database fix"
    gates: [schema-review, two-approvals]
    who_can_invoke: [dba, on-call-engineer]
    who_can_ack: [on-call-lead]
    requires: [reason, second_person_ack]
    expires_after: 2h
`;

/** An address beside Slack's. */
export const FINE: Route = {
  method: "GET",
  path: "/healthz",
  handle: async () => ({ status: 200, headers: {}, body: "fine" }),
};

export interface House {
  readonly slack: SlackDouble;
  readonly fake: FakeBreakglass;
  readonly app: SlackApp;
  readonly port: number;
  readonly logs: { readonly level: string; readonly event: string; readonly fields: Record<string, unknown> }[];
  readonly forgotten: string[];
  close(): Promise<void>;
}

/** People: Ada invokes, Lea and Lou may ack, Dora is a DBA, Otto holds nothing, Gus is a guest. */
export async function openHouse(
  options: { double?: DoubleOptions; app?: Partial<SlackAppOptions>; socket?: boolean; policy?: string } = {},
): Promise<House> {
  const slack = await createSlackDouble(options.double);
  for (const [id, name] of [
    ["U0ADA", "ada"],
    ["U0LEA", "lea"],
    ["U0LOU", "lou"],
    ["U0DORA", "dora"],
    ["U0OTTO", "otto"],
    ["W0WENDY", "wendy"],
  ] as const) {
    slack.people.add({ id, name });
  }
  slack.people.add({ id: "U0GUS", name: "gus", guest: "single" });
  slack.groups.add("S0ONCALL", "on-call", ["U0ADA"]);
  slack.groups.add("S0LEADS", "leads", ["U0LEA", "U0LOU"]);
  slack.channels.add({ id: "C0INC", name: "incidents", members: ["U0ADA", "U0LEA", "U0LOU", "U0OTTO", "U0GUS"] });
  const parsed = parsePolicy(options.policy ?? POLICY, "test.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const fake = createFakeBreakglass(parsed.policy);
  fake.people.set("U0ADA", { roles: ["on-call-engineer"] });
  fake.people.set("W0WENDY", { roles: ["on-call-engineer"] });
  fake.people.set("U0LEA", { roles: ["on-call-lead"] });
  fake.people.set("U0LOU", { roles: ["on-call-lead"] });
  fake.people.set("U0DORA", { roles: ["dba"] });
  fake.people.set("U0GUS", { standing: "guest", roles: ["on-call-engineer"] });
  const logs: House["logs"] = [];
  const forgotten: string[] = [];
  const app = createSlackApp({
    charts,
    breakglass: fake,
    web: createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 2000 }),
    mode:
      options.socket === true
        ? { kind: "socket", appToken: slack.appToken }
        : { kind: "http", signingSecret: slack.signingSecret },
    apiUrl: slack.apiUrl,
    home: async () => ({ teamId: slack.teamId, enterpriseId: null, url: "https://workspace.slack.com/" }),
    log: recordingLog(logs),
    routes: [FINE],
    now: Date.now,
    onAccountChanged: (user) => forgotten.push(user),
    ...options.app,
  });
  const { port } = await app.start({ port: 0, host: "127.0.0.1" });
  if (options.socket !== true) slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
  const close = async (): Promise<void> => {
    await app.stop(2000);
    await slack.stop();
  };
  return { slack, fake, app, port, logs, forgotten, close };
}

function recordingLog(logs: House["logs"]): Log {
  const at =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      void logs.push({ level, event, fields });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** What a person was last told alone. */
export function lastWhisper(slack: SlackDouble, user: string): string {
  return slack.ephemerals(user).at(-1)?.text ?? "";
}

/** A filled declare modal that the policy above takes. */
export const GOOD = {
  Path: "emergency_deploy",
  Gates: ["e2e-suite"],
  Target: "acme/payments#4821",
  Incident: "INC-219",
  Reason: "Checkout is down for all customers.",
} as const;

/** Ada declares BG-n, its alert stands in #incidents with the buttons that the real one would carry. */
export async function declared(
  house: House,
  values: Readonly<Record<string, string | readonly string[]>> = GOOD,
): Promise<number> {
  const before = house.fake.count;
  await house.slack.as("U0ADA").command("");
  await house.slack.until(() => house.slack.view("U0ADA")?.submit !== undefined, "the form");
  await house.slack.as("U0ADA").submit(values);
  await house.slack.until(() => house.fake.count === before + 1, "the declaration");
  return house.fake.count;
}

/** Posts the alert of a bypass as the outbox would, and gives where it stands. */
export async function postAlert(
  house: House,
  n: number,
  ...more: readonly ButtonName[]
): Promise<{ channel: string; ts: string }> {
  const { slack, fake } = house;
  const scene = messageContextOf(fake.record(n), fake.inForce().policy);
  const { text, blocks } = alertMessage(scene);
  const extra = more.length === 0 ? [] : [{ ...buttons(scene, ...more), block_id: "extra" }];
  const web = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 2000 });
  const posted = await web.chat.postMessage({ channel: "C0INC", text, blocks: [...blocks, ...extra] });
  const at = { channel: "C0INC", ts: posted.ts ?? "" };
  fake.alertAt(n, at.channel, at.ts);
  return at;
}

/** Waits until a person was told something alone that fits, and gives its text. */
export function told(house: House, user: string, words: RegExp): Promise<string> {
  return house.slack.until<string>(
    () =>
      house.slack
        .ephemerals(user)
        .map((one) => one.text)
        .findLast((text) => words.test(text)),
    `${user} being told ${words}`,
    5000,
  );
}

/** The content type of commands and interactions. */
export const FORM = { "content-type": "application/x-www-form-urlencoded" } as const;

/** A slash command of Ada's as it stands in a body. */
export function commandBody(text: string, command = "/breakglass"): string {
  return new URLSearchParams({
    command,
    text,
    user_id: "U0ADA",
    channel_id: "C0INC",
    trigger_id: "1.2.3",
    response_url: "https://hooks.slack.com/commands/x",
  }).toString();
}

/** A button, form or shortcut as it stands in a body. */
export const interaction = (payload: object): string =>
  new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

/** Something to wait for, and the function that ends the waiting. */
export function gate(): { wait: Promise<void>; open: () => void } {
  let open = () => {};
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}
