import { CAST, INCIDENTS } from "../../../demo/cast.js";
import type { DemoEnvironment } from "../../../demo/environment.js";
import type { Answer, Message, SlackDouble, SubmitAnswer } from "../../../demo/slack/index.js";
import type { Trail } from "./trail.js";

let count = 0;

/** A target that is unique in this process and no substring of another one. */
export function newTarget(): string {
  count += 1;
  return `service:payments-${count}-api`;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Opens the form. Types the command again when a busy machine misses Slack's three seconds. */
export async function openForm(slack: SlackDouble, user: string): Promise<void> {
  for (let attempt = 1; slack.view(user)?.submit === undefined; attempt += 1) {
    if (attempt > 5) throw new Error(`No form opened for ${user}, who got: ${slack.ephemerals(user).at(-1)?.text}`);
    const before = slack.ephemerals(user).length;
    await slack.as(user).command("", { channel: INCIDENTS });
    await slack.until(
      () => slack.view(user)?.submit !== undefined || slack.ephemerals(user).length > before,
      `${user}'s form or a message about it`,
    );
  }
}

export const filledIn = (target: string, fields: Fields = {}): Fields => ({
  Gates: ["e2e-suite"],
  Target: target,
  Incident: "INC-219",
  Reason: "Login is down; the fix is one line.",
  ...fields,
});

export async function declare(slack: SlackDouble, user: string, fields: Fields = {}): Promise<Declared> {
  const target = typeof fields.Target === "string" ? fields.Target : newTarget();
  await openForm(slack, user);
  return { target, answer: await slack.as(user).submit(filledIn(target, fields)) };
}

/**
 * Like {@link declare}, but submits the form again while Slack reports no answer in time. It is the same form, so it is
 * declared once.
 */
export async function declareWithRetry(slack: SlackDouble, user: string, fields: Fields = {}): Promise<Declared> {
  const declared = await declare(slack, user, fields);
  let { answer } = declared;
  for (let attempt = 1; attempt < 5 && isUnsure(answer) && slack.view(user)?.submit !== undefined; attempt += 1) {
    answer = await slack.as(user).submit({});
  }
  if (slack.view(user) !== undefined) await slack.as(user).cancel();
  return { ...declared, answer };
}

const isUnsure = ({ error, errors }: SubmitAnswer): boolean =>
  error !== undefined || Object.values(errors ?? {}).some((words) => /takes longer|Not recorded/.test(words));

export interface Declared {
  readonly target: string;
  readonly answer: SubmitAnswer;
}

/** The alerts for this target; there must never be two. */
export function alertsOf(slack: SlackDouble, target: string): Message[] {
  return slack.messages(INCIDENTS).filter((one) => one.thread_ts === undefined && one.text.includes(target));
}

export async function alertOf(
  slack: SlackDouble,
  target: string,
  timeoutMs = 40_000,
): Promise<{ n: number; message: Message }> {
  const message = await slack.until(() => alertsOf(slack, target).at(0), `the alert about ${target}`, timeoutMs);
  return { message, n: numberOf(message.text) };
}

export function numberOf(text: string): number {
  const n = Number(/BG-(\d+)/.exec(text)?.[1]);
  if (!Number.isInteger(n)) throw new Error(`No bypass number in: ${text}`);
  return n;
}

/** Replies in the thread of an alert with these words. */
export function replies(slack: SlackDouble, alert: Message, words: RegExp): Message[] {
  return slack
    .messages(INCIDENTS)
    .filter((one) => one.thread_ts === alert.ts && one.ts !== alert.ts && words.test(one.text));
}

/** Declares a bypass and waits for its alert. By Priya, unless `user` is given. */
export async function declared(
  slack: SlackDouble,
  fields: Fields = {},
  user: string = CAST.priya,
): Promise<{ n: number; message: Message; target: string }> {
  const { target, answer } = await declare(slack, user, fields);
  if (answer.body !== "" || answer.error !== undefined) throw new Error(`Not declared: ${JSON.stringify(answer)}`);
  return { ...(await alertOf(slack, target)), target };
}

/** Sweeps until every effect is delivered. */
export async function delivered(environment: DemoEnvironment, trail: Trail, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs;
  for (let left = await trail.waiting(); left > 0; left = await trail.waiting()) {
    if (performance.now() > end) throw new Error(`${left} effects were still waiting after ${withinMs} ms.`);
    await environment.sweep();
    await environment.slack.settled(50);
  }
}

/** Reports whether the bot answered 200 and the person sees no error. */
export const isAccepted = (answer: Answer): boolean => answer.error === undefined && answer.status === 200;
