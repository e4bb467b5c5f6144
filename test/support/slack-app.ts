import { createSlackDouble, type DoubleOptions, type SlackDouble } from "../../demo/slack/index.js";
import { charts } from "../../src/charts/charts.js";
import type { Route } from "../../src/lib/route.js";
import { createSlackApp, type SlackApp, type SlackAppOptions } from "../../src/slack/app.js";
import { createChat } from "../../src/slack/delivery/chat.js";
import { createWebClient } from "../../src/slack/delivery/web-client.js";
import { createDirectory } from "../../src/slack/directory/directory.js";
import type { Breakglass } from "../../src/usecases/api.js";
import type { AppContext } from "../../src/usecases/app-context.js";
import { createBreakglass } from "../../src/usecases/breakglass.js";
import type { EffectContext } from "../../src/usecases/delivery/effect-context.js";
import type { BypassRecord, Directory, Log } from "../../src/usecases/ports/ports.js";
import { ALWAYS_ALIVE } from "./alive.js";
import { NOT_RESTORED, openCore, type PortCall, sweep, withBefore } from "./core.js";
import { addPeople, policyInForce } from "./slack-people.js";

/** A route beside Slack's. */
export const FINE: Route = {
  method: "GET",
  path: "/healthz",
  handle: async () => ({ status: 200, headers: {}, body: "fine" }),
};

export interface TestApp {
  readonly slack: SlackDouble;
  readonly app: SlackApp;
  readonly port: number;
  readonly breakglass: Breakglass;
  readonly logs: { readonly level: string; readonly event: string; readonly fields: Record<string, unknown> }[];
  readonly forgotten: string[];
  /** Runs before each call of the use cases to the database or the directory. May wait or throw. */
  before: (call: PortCall) => Promise<void>;
  /** Moves the clocks of the database and of the directory, but not that of Slack's signatures. */
  advance(ms: number): Promise<void>;
  record(n: number): Promise<BypassRecord>;
  /** The number of bypasses. */
  count(): Promise<number>;
  /** Does what is due and performs the whole outbox. Nothing runs by itself. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Deadlines for a busy machine; Slack's own is three seconds. Tests of late answers set shorter ones. */
const LONG_DEADLINES = { app: { answerWithinMs: 50_000 }, double: { answerWithinMs: 60_000 } } as const;

export interface TestAppOptions {
  readonly double?: DoubleOptions;
  readonly app?: Partial<SlackAppOptions>;
  readonly socket?: boolean;
  readonly policy?: string;
}

/**
 * The real Slack app and the real use cases on their own database, with the Slack double as Slack.
 */
export async function openTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const slack = await createSlackDouble({ ...LONG_DEADLINES.double, ...options.double });
  addPeople(slack);
  const policy = policyInForce(options.policy);
  const opened = await openCore(policy);
  const { clock } = opened;
  const web = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 2000 });
  const logs: TestApp["logs"] = [];
  const forgotten: string[] = [];
  const directory = createDirectory({ client: web, now: clock.now });
  const directoryWithSchedules: Directory = {
    account: directory.account,
    group: directory.group,
    schedule: async () => null,
  };
  const context: AppContext = { ...opened.context, directory: directoryWithSchedules, log: recordingLog(logs) };
  const before = (call: PortCall): Promise<void> => testApp.before(call);
  const breakglass = createBreakglass({
    ...context,
    ledger: withBefore(context.ledger, before),
    queries: withBefore(context.queries, before),
    directory: withBefore(directoryWithSchedules, before),
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
    log: context.log,
    routes: [FINE],
    now: Date.now,
    onAccountChanged: (user) => {
      directory.forget(user);
      forgotten.push(user);
    },
    ...LONG_DEADLINES.app,
    ...options.app,
  });
  const effectContext: EffectContext = {
    context,
    chat: createChat({ client: web, directory, policy }),
    pagers: [],
    webhooks: { send: async () => ({ ok: false, kind: "failed", retryAfterMs: null, code: "no_webhooks" }) },
    alive: ALWAYS_ALIVE,
    restored: NOT_RESTORED,
    linkTo: async () => null,
  };
  const { port } = await app.start({ port: 0, host: "127.0.0.1" });
  if (options.socket !== true) slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
  const testApp: TestApp = {
    slack,
    app,
    port,
    breakglass,
    logs,
    forgotten,
    before: async () => {},
    advance: clock.advance,
    record: async (n) => {
      const record = await context.queries.record(n);
      if (record === null) throw new Error(`There is no BG-${n}.`);
      return record;
    },
    count: async () => {
      let n = 0;
      while ((await context.queries.record(n + 1)) !== null) n += 1;
      return n;
    },
    sweep: async () => {
      do await sweep(effectContext);
      while ((await context.outbox.claimable(1)).length > 0);
    },
    close: async () => {
      await app.stop(2000);
      await slack.stop();
      await opened.close();
    },
  };
  return testApp;
}

function recordingLog(logs: TestApp["logs"]): Log {
  const at =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      void logs.push({ level, event, fields });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** The text of the last ephemeral message to a person. */
export function lastEphemeral(slack: SlackDouble, user: string): string {
  return slack.ephemerals(user).at(-1)?.text ?? "";
}

/** Valid values of the declare modal. */
export const GOOD = {
  Path: "emergency_deploy",
  Gates: ["e2e-suite"],
  Target: "acme/payments#4821",
  Incident: "INC-219",
  Reason: "Checkout is down for all customers.",
} as const;

/** Ada declares a bypass in the modal. Nothing is posted yet. Returns its number. */
export async function declared(
  testApp: TestApp,
  values: Readonly<Record<string, string | readonly string[]>> = GOOD,
): Promise<number> {
  const before = await testApp.count();
  await testApp.slack.as("U0ADA").command("");
  await testApp.slack.until(() => testApp.slack.view("U0ADA")?.submit !== undefined, "the form");
  const { errors } = await testApp.slack.as("U0ADA").submit(values);
  const n = await testApp.count();
  if (n !== before + 1) throw new Error(`Not declared: ${JSON.stringify(errors)}`);
  return n;
}

/** As {@link declared} but without the modal, for apps with short deadlines. */
export async function declaredWithoutForm({ breakglass }: TestApp): Promise<number> {
  const declaration = {
    kind: "bypass" as const,
    path: GOOD.Path,
    gates: GOOD.Gates,
    target: GOOD.Target,
    incident: GOOD.Incident,
    reason: GOOD.Reason,
    duration: "60m",
    again: null,
  };
  const answer = await breakglass.declare({ user: "U0ADA", origin: null }, declaration, "without a form");
  if (!answer.ok) throw new Error(`Not declared: ${answer.refusal.code}`);
  return answer.record.n;
}

/** The place of a message. */
export interface At {
  readonly channel: string;
  readonly ts: string;
}

/** Posts everything that is due and returns the place of the bypass's alert. */
export async function postAlert(testApp: TestApp, n: number): Promise<At> {
  await testApp.sweep();
  const { alert } = (await testApp.record(n)).state;
  if (alert === null || "failed" in alert) throw new Error(`BG-${n} has no alert.`);
  return { channel: alert.channel, ts: alert.ts };
}

/** The newest message of a channel with this button. */
export function messageWith({ slack }: TestApp, channel: string, label: string): At {
  const found = slack.messages(channel).findLast(({ blocks }) => JSON.stringify(blocks).includes(`"${label}"`));
  if (found === undefined) throw new Error(`No message in ${channel} carries ${label}.`);
  return found;
}

/** The newest direct message to a person with this button. */
export const directWith = (testApp: TestApp, user: string, label: string): At =>
  messageWith(testApp, testApp.slack.dm(user), label);

/** Waits for an ephemeral message to a person that matches, and returns its text. */
export function told(testApp: TestApp, user: string, words: RegExp): Promise<string> {
  return testApp.slack.until<string>(
    () =>
      testApp.slack
        .ephemerals(user)
        .map((message) => message.text)
        .findLast((text) => words.test(text)),
    `an ephemeral message to ${user} with ${words}`,
    5000,
  );
}

/** The content type of commands and interactions. */
export const FORM = { "content-type": "application/x-www-form-urlencoded" } as const;

/** The request body of a slash command from Ada. */
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

/** The request body of a button, modal or shortcut. */
export const interaction = (payload: object): string =>
  new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

/** A promise and the function that resolves it. */
export function gate(): { wait: Promise<void>; open: () => void } {
  let open = () => {};
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}
