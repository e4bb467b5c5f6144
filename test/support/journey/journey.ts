import postgres from "postgres";
import { expect } from "vitest";
import { z } from "zod";
import { CAST, INCIDENTS } from "../../../demo/cast.js";
import type { Message } from "../../../demo/slack/index.js";
import { verifyCommand } from "../../../src/cli/verify/verify-command.js";
import { FINDING_KINDS } from "../../../src/domain/verify/findings.js";
import type { Verification } from "../../../src/domain/verify/verify.js";
import { openTestApp, type TestApp, type TestAppOptions } from "../test-app.js";
import { undelivered } from "../undelivered.js";
import { createErrorWatch } from "./error-watch.js";
import { createPerson, type JourneyPerson } from "./person.js";

const MINUTE = 60_000;
const REQUEST_BUTTONS = /\[(Approve|Deny|Withdraw|Proceed Alone)\]/;

/** A test app with people, for tests that read as stories. Bypasses are named as in `BG-1`. */
export interface Journey {
  readonly testApp: TestApp;
  readonly slack: TestApp["slack"];
  readonly priya: JourneyPerson;
  readonly omar: JourneyPerson;
  readonly dana: JourneyPerson;
  readonly danaSecondAccount: JourneyPerson;
  readonly noor: JourneyPerson;
  readonly lee: JourneyPerson;
  readonly guest: JourneyPerson;
  person(id: string): JourneyPerson;
  /** Waits for the alert in #incidents. */
  alert(name: string): Promise<Message>;
  /** Waits until the rendered alert contains all these words. */
  alertSays(name: string, ...words: string[]): Promise<string>;
  /** Waits for a reply in the alert's thread with these words. */
  threadSays(name: string, words: string): Promise<Message>;
  /** The replies in the alert's thread with these words. */
  replies(name: string, words: string): Promise<Message[]>;
  /** Waits until no message has a button that could still answer this request. */
  nobodyCanAnswer(name: string): Promise<void>;
  /** Runs a whole bypass of this gate (default `e2e-suite`): declared by Priya, approved by Noor, closed by Priya. */
  closedBypass(name: string, gate?: string): Promise<void>;
  minutesPass(minutes: number): Promise<void>;
  /** Moves the clocks forward to that time (ISO), which must not have passed. */
  itIs(moment: string): Promise<void>;
  /** The clock of the journey (ISO). */
  now(): string;
  /** Does and delivers everything that is due. */
  allIsDelivered(): Promise<void>;
  get(path: string): Promise<{ status: number; body: string }>;
  /** Checks what must hold at the end of every journey. */
  endsWell(): Promise<void>;
  close(): Promise<void>;
}

export type JourneyOptions = TestAppOptions & {
  /** Error events that the journey causes, such as a refused policy file. */
  readonly errorsExpected?: readonly string[];
};

export async function openJourney({ errorsExpected = [], ...options }: JourneyOptions = {}): Promise<Journey> {
  const watch = createErrorWatch(errorsExpected);
  const testApp = await openTestApp({ ...options, overrides: { log: watch.log, ...options.overrides } });
  const { slack } = testApp;
  if (options.intake === "socket") await slack.until(() => slack.sockets.connections > 0, "a bot on Socket Mode");
  const findAlert = (name: string): Message | undefined =>
    slack.messages(INCIDENTS).find((one) => one.thread_ts === undefined && startsWith(one.text, name));
  const alert = (name: string) => slack.until(() => findAlert(name), `the alert of ${name}`);
  const inThread = (name: string) => {
    const ts = findAlert(name)?.ts;
    return ts === undefined ? [] : slack.messages(INCIDENTS).filter((one) => one.thread_ts === ts);
  };
  const saying = (name: string, words: string) => inThread(name).filter((one) => slack.render(one).includes(words));
  const alertSays = (name: string, ...words: string[]) =>
    slack.until(
      () => {
        const message = findAlert(name);
        const seen = message === undefined ? "" : slack.render(message);
        return words.every((word) => seen.includes(word)) ? seen : null;
      },
      `an alert of ${name} that says ${words.join(" and ")}`,
    );
  const everywhere = () => [...slack.messages(INCIDENTS), ...Object.values(CAST).flatMap((id) => slack.inbox(id))];
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${testApp.ports[0]}${path}`);
    return { status: response.status, body: await response.text() };
  };
  const sql = postgres(testApp.database.adminUrl, { max: 1, fetch_types: false });
  const waiting = async () =>
    (
      await sql`SELECT FROM breakglass.outbox o
        WHERE ${undelivered(sql, new Date(Date.now() + testApp.offsetMs()).toISOString())}`
    ).length;
  const allIsDelivered = async () => {
    for (let round = 0; round < 1_000; round += 1) {
      await testApp.advance(0);
      await slack.settled();
      if ((await waiting()) === 0) return;
    }
    throw new Error("The outbox still holds undelivered rows.");
  };
  const people = new Map<string, JourneyPerson>();
  const person = (id: string): JourneyPerson => {
    const known = people.get(id) ?? createPerson(slack, id, alert);
    people.set(id, known);
    return known;
  };
  return {
    testApp,
    slack,
    priya: person(CAST.priya),
    omar: person(CAST.omar),
    dana: person(CAST.dana),
    danaSecondAccount: person(CAST.danaSecondAccount),
    noor: person(CAST.noor),
    lee: person(CAST.lee),
    guest: person(CAST.guest),
    person,
    alert,
    alertSays,
    closedBypass: async (name, gate = "e2e-suite") => {
      const priya = person(CAST.priya);
      await priya.declares({ Gates: [gate] });
      await person(CAST.noor).approves(name);
      await alertSays(name, `${name} active`);
      await priya.presses("Close", name, "alert");
      await alertSays(name, `${name} closed`, "[Write Review]");
    },
    threadSays: (name, words) => slack.until(() => saying(name, words)[0], `"${words}" in the thread of ${name}`),
    replies: async (name, words) => {
      await allIsDelivered();
      return saying(name, words);
    },
    nobodyCanAnswer: async (name) => {
      const open = () =>
        everywhere().filter((one) => one.text.includes(name) && REQUEST_BUTTONS.test(slack.render(one)));
      await slack.until(() => open().length === 0, `no buttons of ${name} anywhere`);
    },
    minutesPass: (minutes) => testApp.advance(minutes * MINUTE),
    itIs: async (moment) => {
      const ahead = Date.parse(moment) - (Date.now() + testApp.offsetMs());
      if (ahead < 0) throw new Error(`${moment} has passed.`);
      await testApp.advance(ahead);
      await allIsDelivered();
    },
    now: () => new Date(Date.now() + testApp.offsetMs()).toISOString(),
    allIsDelivered,
    get,
    endsWell: async () => {
      await allIsDelivered();
      expect(slack.violations).toEqual([]);
      expect(everywhere().filter((one) => one.broadcast)).toEqual([]);
      expect(slack.record.answers.filter((one) => one.error !== undefined)).toEqual([]);
      expect(watch.errors()).toEqual([]);
      expect(await verify(testApp.database.appUrl)).toBe(VERIFIES);
      const secret = options.intake === "socket" ? null : slack.signingSecret;
      if (secret === null) return;
      const proven = await verified(testApp.database.appUrl, { secret });
      // Slack signs by the real time, which the clocks of the journey have left; a redaction proves no such request either.
      const inTime = testApp.offsetMs() === 0;
      const isOfTime = /is of another time\.$|which does not list it as proven\.$/;
      expect(proven.findings.filter(({ message }) => inTime || !isOfTime.test(message))).toEqual([]);
    },
    close: async () => {
      await sql.end({ timeout: 1 });
      await testApp.close();
    },
  };
}

/** True when the text begins with the name of that bypass. */
export function startsWith(text: string, name: string): boolean {
  return new RegExp(`^(DRILL )?${name}\\b`).test(text);
}

/** What `breakglass verify --json` says of a database, with Slack's signing secret if one is given. */
export async function verified(
  url: string,
  { secret, args = [] }: { readonly secret?: string; readonly args?: readonly string[] } = {},
): Promise<Pick<Verification, "findings" | "origins" | "cannotFind">> {
  const lines: string[] = [];
  const withSecret = secret === undefined ? [] : ["--slack-signing-secret-file", "secret.txt"];
  await verifyCommand.run(["--json", "--url", url, ...withSecret, ...args], {
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
    readFile: async () => Buffer.from(secret ?? ""),
    env: {},
    now: () => new Date(),
  });
  return VERIFIED.parse(JSON.parse(lines.join("\n")));
}

const VERIFIED = z.object({
  findings: z.array(z.object({ seq: z.int(), kind: z.enum(FINDING_KINDS), message: z.string() })),
  origins: z.object({
    acts: z.int(),
    signed: z.int(),
    proven: z.int().nullable(),
    socket: z.int(),
    removed: z.int(),
    provenBefore: z.int(),
    removedAt: z.array(z.number()),
    without: z.int(),
  }),
  cannotFind: z.array(z.string()),
});

/** The result of {@link verify} when nothing is wrong. */
export const VERIFIES = "the trail verifies";

/** Runs `breakglass verify` on a database. Returns its findings, if any. */
export async function verify(url: string): Promise<string> {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const exit = await verifyCommand.run(["--url", url], {
    out: write,
    err: write,
    readFile: () => Promise.reject(new Error("nothing to read")),
    env: {},
    now: () => new Date(),
  });
  return exit === 0 ? VERIFIES : `${exit}: ${lines.join("\n")}`;
}
