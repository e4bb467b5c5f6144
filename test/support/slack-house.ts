import { createSlackDouble, type DoubleOptions, type SlackDouble } from "../../demo/slack/index.js";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import { charts } from "../../src/integrations/charts/charts.js";
import type { Route } from "../../src/lib/route.js";
import { createSlackApp, type SlackApp, type SlackAppOptions } from "../../src/slack/app.js";
import { createChat } from "../../src/slack/chat.js";
import { createDirectory } from "../../src/slack/directory.js";
import { createSlackPager } from "../../src/slack/slack-pager.js";
import { createWebClient } from "../../src/slack/web-client.js";
import type { Breakglass } from "../../src/usecases/api.js";
import { createBreakglass } from "../../src/usecases/breakglass.js";
import type { Core } from "../../src/usecases/core.js";
import { accountsHolding } from "../../src/usecases/holders.js";
import type { Deliverer } from "../../src/usecases/outcome.js";
import type { BypassRecord, Directory, Log, PolicySource } from "../../src/usecases/ports.js";
import { sweep } from "../../src/usecases/time.js";
import { openCore, type PortCall, withBefore } from "./core.js";

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
  readonly app: SlackApp;
  readonly port: number;
  readonly breakglass: Breakglass;
  readonly logs: { readonly level: string; readonly event: string; readonly fields: Record<string, unknown> }[];
  readonly forgotten: string[];
  /** Runs before each call that the use cases make to the database or the directory; it may throw, or wait. */
  before: (call: PortCall) => Promise<void>;
  /** Moves the clocks of the database and of the directory; that of Slack's signatures stays. */
  advance(ms: number): Promise<void>;
  record(n: number): Promise<BypassRecord>;
  /** How many bypasses there are. */
  count(): Promise<number>;
  /** Does what is due, and performs all that the outbox holds. Nothing does so by itself. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** How a house is opened. */
export interface HouseOptions {
  readonly double?: DoubleOptions;
  readonly app?: Partial<SlackAppOptions>;
  readonly socket?: boolean;
  readonly policy?: string;
}

/** The policy above, or another text, as the one in force. */
export function policyInForce(text: string = POLICY): PolicySource {
  const parsed = parsePolicy(text, "test.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const inForce = { policy: parsed.policy, hash: "0".repeat(64) };
  return { current: () => inForce };
}

/**
 * Slack's requests come in at the real app, over the real use cases on a database of its own; Slack is the double.
 * People: Ada invokes, Lea and Lou may ack, Dora is a DBA, Otto holds nothing, Gus is a guest.
 */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const slack = await createSlackDouble(options.double);
  addPeople(slack);
  const policy = policyInForce(options.policy);
  const opened = await openCore(policy);
  const { clock } = opened;
  const web = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 2000 });
  const logs: House["logs"] = [];
  const forgotten: string[] = [];
  const directory = createDirectory({ client: web, now: clock.now });
  const everybody: Directory = { account: directory.account, group: directory.group, schedule: async () => null };
  const core: Core = { ...opened.core, directory: everybody, log: recordingLog(logs) };
  const before = (call: PortCall): Promise<void> => house.before(call);
  const breakglass = createBreakglass({
    ...core,
    ledger: withBefore(core.ledger, before),
    queries: withBefore(core.queries, before),
    directory: withBefore(everybody, before),
  });
  const app = createSlackApp({
    charts,
    breakglass,
    web,
    mode:
      options.socket === true
        ? { kind: "socket", appToken: slack.appToken }
        : { kind: "http", signingSecret: slack.signingSecret },
    apiUrl: slack.apiUrl,
    home: directory.home,
    log: core.log,
    routes: [FINE],
    now: Date.now,
    onAccountChanged: (user) => {
      directory.forget(user);
      forgotten.push(user);
    },
    ...options.app,
  });
  const deliverer: Deliverer = {
    core,
    chat: createChat({ client: web, directory, policy }),
    pager: createSlackPager({
      directory: everybody,
      policy,
      holders: (role) => accountsHolding({ directory: everybody, policy }, [role]),
    }),
    outside: [],
    linkTo: async () => null,
  };
  const { port } = await app.start({ port: 0, host: "127.0.0.1" });
  if (options.socket !== true) slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
  const house: House = {
    slack,
    app,
    port,
    breakglass,
    logs,
    forgotten,
    before: async () => {},
    advance: clock.advance,
    record: async (n) => {
      const record = await core.queries.record(n);
      if (record === null) throw new Error(`There is no BG-${n}.`);
      return record;
    },
    count: async () => {
      let n = 0;
      while ((await core.queries.record(n + 1)) !== null) n += 1;
      return n;
    },
    sweep: async () => {
      do await sweep(deliverer);
      while ((await core.outbox.claimable(1)).length > 0);
    },
    close: async () => {
      await app.stop(2000);
      await slack.stop();
      await opened.close();
    },
  };
  return house;
}

function addPeople(slack: SlackDouble): void {
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
  slack.groups.add("S0ONCALL", "on-call", ["U0ADA", "W0WENDY", "U0GUS"]);
  slack.groups.add("S0LEADS", "leads", ["U0LEA", "U0LOU"]);
  slack.channels.add({ id: "C0INC", name: "incidents", members: ["U0ADA", "U0LEA", "U0LOU", "U0OTTO", "U0GUS"] });
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

/** Ada declares BG-n through the form; nothing is posted yet. */
export async function declared(
  house: House,
  values: Readonly<Record<string, string | readonly string[]>> = GOOD,
): Promise<number> {
  const before = await house.count();
  await house.slack.as("U0ADA").command("");
  await house.slack.until(() => house.slack.view("U0ADA")?.submit !== undefined, "the form");
  const { errors } = await house.slack.as("U0ADA").submit(values);
  const n = await house.count();
  if (n !== before + 1) throw new Error(`Not declared: ${JSON.stringify(errors)}`);
  return n;
}

/** Where a message stands. */
export interface At {
  readonly channel: string;
  readonly ts: string;
}

/** Has everything posted that is to be, and gives where the alert of a bypass stands. */
export async function postAlert(house: House, n: number): Promise<At> {
  await house.sweep();
  const { alert } = (await house.record(n)).state;
  if (alert === null || "failed" in alert) throw new Error(`BG-${n} has no alert.`);
  return { channel: alert.channel, ts: alert.ts };
}

/** The newest message of a channel that carries this button. */
export function messageWith({ slack }: House, channel: string, label: string): At {
  const found = slack.messages(channel).findLast(({ blocks }) => JSON.stringify(blocks).includes(`"${label}"`));
  if (found === undefined) throw new Error(`No message in ${channel} carries ${label}.`);
  return found;
}

/** The same among the direct messages to a person. */
export const directWith = (house: House, user: string, label: string): At =>
  messageWith(house, house.slack.dm(user), label);

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
