import { CAST, INCIDENTS } from "../../../demo/cast.js";
import type { Answer, Message } from "../../../demo/slack/index.js";
import type { KillGround } from "./kill-ground.js";
import { alertOf, alertsOf, type Fields, filledIn, newTarget, replies, taken } from "./people.js";
import type { Trail } from "./trail.js";

/** A bypass as its people know it. */
export interface Bypass {
  readonly n: number;
  readonly target: string;
  readonly alert: Message;
}

/** What Slack was told was done, to be found in the trail. */
export interface Acknowledged {
  readonly n: number;
  readonly type: string;
}

/** People who do again what they got no answer to, as people do, until it is on record. */
export interface Lives {
  readonly acknowledged: readonly Acknowledged[];
  /** From the form to the alert. */
  declare(fields?: Fields): Promise<Bypass>;
  /** Waits until each of them was asked by direct message. */
  asked(bypass: Bypass, users: readonly string[]): Promise<void>;
  /** Approves, and waits until the channel shows it. */
  approve(bypass: Bypass): Promise<void>;
  deny(bypass: Bypass): Promise<void>;
  withdraw(bypass: Bypass): Promise<void>;
  /** A line in the log, by a request that is sent again byte by byte: the log may hold it only once. */
  log(bypass: Bypass): Promise<void>;
  /** Takes the reason of the declaration off the record. */
  redact(bypass: Bypass): Promise<void>;
  close(bypass: Bypass): Promise<void>;
  /** Waits until the thread says it. */
  told(bypass: Bypass, words: RegExp): Promise<Message>;
}

/** What lives need of the ground they are lived on. */
export interface LivesGround extends Pick<KillGround, "slack"> {
  readonly trail: Pick<Trail, "entries">;
  /** Resolves when a bot takes requests. */
  readonly bot: { up(): Promise<void> };
}

export interface LivesOptions {
  readonly requester?: string;
  readonly approver?: string;
  /** How long people wait for what the bot has to do, in milliseconds; 40,000 if left out. */
  readonly patienceMs?: number;
  /** Where to note what was acknowledged; a list of its own if left out. */
  readonly acknowledged?: Acknowledged[];
}

export const UNSURE = /Not recorded|not known|longer than/;
const TRIES = 20;
const FORM = "Break Glass";
/** How long people look at a form that is loading. */
const LOADS_MS = 5_000;

export function createLives(ground: LivesGround, options: LivesOptions = {}): Lives {
  const { slack, trail, bot } = ground;
  const { requester = CAST.priya, approver = CAST.dana, patienceMs = 40_000, acknowledged = [] } = options;
  const asRequester = slack.as(requester);
  const asApprover = slack.as(approver);

  const retryForever = async (what: string, once: () => Promise<boolean>): Promise<void> => {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      await bot.up();
      if (await once()) return;
    }
    const words = [requester, approver].map((user) => slack.ephemerals(user).at(-1)?.text ?? "nothing");
    throw new Error(`${TRIES} tries were not enough to ${what}. They were told last: ${words.join(" / ")}`);
  };
  const entriesOf = async (n: number, type: string) => (await trail.entries(n)).filter((one) => one.type === type);

  /**
   * Does it, and judges the answer: done when Slack got its 200 and the person was told of no trouble. A refusal is told
   * beside the 200; whoever is told nothing counts as told that it is done.
   */
  const acknowledge = async (n: number, type: string, user: string, act: () => Promise<Answer>): Promise<boolean> => {
    const heard = slack.ephemerals(user).length;
    const answer = await act();
    if (!taken(answer) || UNSURE.test(answer.body)) return false;
    const done = (await entriesOf(n, type)).length > 0;
    const words = () => slack.ephemerals(user).length > heard;
    if (!done && (await slack.until(words, `a word to ${user}`, 5_000).catch(() => false))) return false;
    acknowledged.push({ n, type });
    return true;
  };
  /** The form on this person's screen. One that goes on loading, since its bot has died over it, is closed and opened anew. */
  const formOf = async (user: string, title: string, open: () => Promise<unknown>): Promise<boolean> => {
    const stands = (): boolean => slack.view(user)?.title === title && slack.view(user)?.submit !== undefined;
    if (stands()) return true;
    if (slack.view(user) !== undefined) await slack.as(user).cancel();
    await open();
    if (slack.view(user) === undefined) return false;
    return slack.until(stands, `the form of ${user}`, LOADS_MS).catch(() => false);
  };
  const unlessGone = (user: string) => (fault: unknown) => {
    if (slack.view(user)?.submit !== undefined) throw fault;
    return null;
  };
  /** Until it is on record, whoever has put it there. */
  const settle = (n: number, type: string, user: string, act: () => Promise<Answer>): Promise<void> =>
    retryForever(type, async () => (await entriesOf(n, type)).length > 0 || acknowledge(n, type, user, act));
  const until = <T>(look: () => T | undefined | boolean, what: string) => slack.until(look, what, patienceMs);
  const told = ({ alert, n }: Bypass, words: RegExp) =>
    until(() => replies(slack, alert, words).at(0), `${words.source} in the thread of BG-${n}`) as Promise<Message>;

  return {
    acknowledged,
    told,
    declare: async (fields = {}) => {
      const target = newTarget();
      const { Path: path, ...rest } = fields;
      let sent = false;
      let told = "";
      await retryForever("declare", async () => {
        const view = slack.view(requester);
        if (sent && view === undefined) return true;
        if (sent && view?.submit === undefined && view !== undefined) {
          // Told late, in the place of the form.
          told = slack.render(view);
          await asRequester.cancel();
          sent = false;
          return told.includes("It is recorded after all");
        }
        const open = () => asRequester.command("", { channel: INCIDENTS });
        if (!sent) {
          if (!(await formOf(requester, FORM, open))) return false;
          // The bot draws the form of that path, or dies over it.
          const filled = asRequester.fill({ ...(path === undefined ? {} : { Path: path }), ...filledIn(target, rest) });
          if (!(await filled.then(() => true).catch(() => false))) {
            await asRequester.cancel();
            return false;
          }
        }
        // The same view, so the same submission, however often it is sent. What is told late may take its place just now.
        sent = true;
        const answer = await asRequester.submit({}).catch(unlessGone(requester));
        if (answer === null) return false;
        if (taken(answer) && answer.body === "") return true;
        told = Object.values(answer.errors ?? {}).join(" ");
        // Refused, such as a form that was not drawn anew for its path: nothing is recorded, and another form is filled in.
        if (taken(answer) && told !== "" && !UNSURE.test(told)) {
          await asRequester.cancel();
          sent = false;
        }
        return false;
      }).catch((fault: unknown) => {
        throw new Error(`${fault}; under the fields, or in their place: ${told}`);
      });
      const { n, message: alert } = await alertOf(slack, target, patienceMs);
      acknowledged.push({ n, type: "bypass.declared" });
      return { n, target, alert };
    },
    asked: async ({ n }, users) => {
      await until(() => users.every((user) => slack.inbox(user).some((one) => isAbout(one, n))), "the pages");
    },
    approve: async ({ n, alert, target }) => {
      await settle(n, "bypass.activated", approver, () => asApprover.click(alert, "Approve", { stale: alert }));
      // Who would go on before the channel shows it would leave nothing to be drawn, and no moment to be killed at.
      await until(
        () => alertsOf(slack, target).some(({ text }) => /active|expired|closed/.test(text)),
        `BG-${n} drawn anew`,
      );
    },
    deny: async ({ n, alert }) => {
      await retryForever("bypass.denied", async () => {
        if ((await entriesOf(n, "bypass.denied")).length > 0) return true;
        const open = () => asApprover.click(alert, "Deny", { stale: alert });
        if (!(await formOf(approver, `Deny BG-${n}`, open))) return false;
        // What is told late may take the form's place at this very moment.
        const submit = () => asApprover.submit({ Reason: "Roll back instead." });
        return acknowledge(n, "bypass.denied", approver, submit).catch((fault: unknown) => {
          unlessGone(approver)(fault);
          return false;
        });
      });
      if (slack.view(approver) !== undefined) await asApprover.cancel();
    },
    withdraw: async ({ n }) => {
      const pending = (await until(
        () => slack.inbox(requester).find((one) => isAbout(one, n) && slack.render(one).includes("[Withdraw]")),
        `Withdraw of BG-${n}`,
      )) as Message;
      await settle(n, "bypass.withdrawn", requester, () => asRequester.click(pending, "Withdraw", { stale: pending }));
    },
    log: async ({ n }) => {
      const line = `log BG-${n} deployed 9f1c2ab`;
      let request: Answer["request"] | undefined;
      await retryForever("bypass.logged", () =>
        acknowledge(n, "bypass.logged", requester, async () => {
          const sent = request;
          const answer = await (sent === undefined
            ? asRequester.command(line, { channel: INCIDENTS })
            : slack.replay(sent));
          request ??= answer.request;
          return answer;
        }),
      );
    },
    redact: async ({ n }) => {
      const [declared] = await entriesOf(n, "bypass.declared");
      const words = `redact ${declared?.seq} reason a token was pasted`;
      await settle(n, "text.redacted", approver, () => asApprover.command(words, { channel: INCIDENTS }));
    },
    close: ({ n }) =>
      settle(n, "bypass.closed", requester, () => asRequester.command(`close BG-${n}`, { channel: INCIDENTS })),
  };
}

/** Is the message about this bypass, and not about BG-12 when BG-1 is meant? */
export const isAbout = (message: Message, n: number): boolean => new RegExp(`BG-${n}\\b`).test(message.text);
