import { CAST, INCIDENTS } from "../../../demo/cast.js";
import type { Answer, Message } from "../../../demo/slack/index.js";
import type { KillEnvironment } from "./kill-environment.js";
import { alertOf, alertsOf, type Fields, filledIn, isAccepted, newTarget, replies } from "./people.js";
import type { Trail } from "./trail.js";

/** A bypass as people see it. */
export interface Bypass {
  readonly n: number;
  readonly target: string;
  readonly alert: Message;
}

/** An action that was acknowledged to Slack, and so must be in the trail. */
export interface Acknowledged {
  readonly n: number;
  readonly type: string;
}

/** People who repeat an action without an answer until it is on record. */
export interface Lives {
  readonly acknowledged: readonly Acknowledged[];
  /** Submits the form and waits for the alert. */
  declare(fields?: Fields): Promise<Bypass>;
  /** Waits until each user is paged by direct message. */
  untilPaged(bypass: Bypass, users: readonly string[]): Promise<void>;
  /** Approves, and waits until the channel shows it. */
  approve(bypass: Bypass): Promise<void>;
  deny(bypass: Bypass): Promise<void>;
  withdraw(bypass: Bypass): Promise<void>;
  /** Adds a log line. Repeats the same request byte by byte, so the log may hold the line only once. */
  log(bypass: Bypass): Promise<void>;
  /** Redacts the reason of the declaration. */
  redact(bypass: Bypass): Promise<void>;
  close(bypass: Bypass): Promise<void>;
  /** Waits for a reply in the thread with these words. */
  untilReply(bypass: Bypass, words: RegExp): Promise<Message>;
}

/** The parts of an environment that lives need. */
export interface LivesEnvironment extends Pick<KillEnvironment, "slack"> {
  readonly trail: Pick<Trail, "entries">;
  /** Resolves when a bot accepts requests. */
  readonly bot: { up(): Promise<void> };
}

export interface LivesOptions {
  readonly requester?: string;
  readonly approver?: string;
  /** How long people wait for the bot, in milliseconds. Default: 40,000. */
  readonly patienceMs?: number;
  /** A list that collects what was acknowledged. Default: a new list. */
  readonly acknowledged?: Acknowledged[];
}

export const UNSURE = /Not recorded|not known|longer than/;
const TRIES = 20;
const FORM = "Break Glass";
/** How long people wait for a form that is loading, in milliseconds. */
const LOADS_MS = 5_000;

export function createLives(environment: LivesEnvironment, options: LivesOptions = {}): Lives {
  const { slack, trail, bot } = environment;
  const { requester = CAST.priya, approver = CAST.dana, patienceMs = 40_000, acknowledged = [] } = options;
  const asRequester = slack.as(requester);
  const asApprover = slack.as(approver);

  const retryForever = async (what: string, once: () => Promise<boolean>): Promise<void> => {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      await bot.up();
      if (await once()) return;
    }
    const words = [requester, approver].map((user) => slack.ephemerals(user).at(-1)?.text ?? "nothing");
    throw new Error(`${TRIES} tries were not enough to ${what}. Their last messages: ${words.join(" / ")}`);
  };
  const entriesOf = async (n: number, type: string) => (await trail.entries(n)).filter((one) => one.type === type);

  /**
   * Performs an action and judges the answer: done when Slack got its 200 and the person saw no problem. A refusal arrives
   * separately from the 200; without any message the action counts as acknowledged.
   */
  const acknowledge = async (n: number, type: string, user: string, act: () => Promise<Answer>): Promise<boolean> => {
    const before = slack.ephemerals(user).length;
    const answer = await act();
    if (!isAccepted(answer) || UNSURE.test(answer.body)) return false;
    const done = (await entriesOf(n, type)).length > 0;
    const words = () => slack.ephemerals(user).length > before;
    if (!done && (await slack.until(words, `a word to ${user}`, 5_000).catch(() => false))) return false;
    acknowledged.push({ n, type });
    return true;
  };
  /** Opens the form on this person's screen. Closes and reopens a form whose bot died while it was loading. */
  const formOf = async (user: string, title: string, open: () => Promise<unknown>): Promise<boolean> => {
    const isOpen = (): boolean => slack.view(user)?.title === title && slack.view(user)?.submit !== undefined;
    if (isOpen()) return true;
    if (slack.view(user) !== undefined) await slack.as(user).cancel();
    await open();
    if (slack.view(user) === undefined) return false;
    return slack.until(isOpen, `the form of ${user}`, LOADS_MS).catch(() => false);
  };
  const unlessGone = (user: string) => (fault: unknown) => {
    if (slack.view(user)?.submit !== undefined) throw fault;
    return null;
  };
  /** Repeats an action until its entry is on record, by whichever attempt. */
  const settle = (n: number, type: string, user: string, act: () => Promise<Answer>): Promise<void> =>
    retryForever(type, async () => (await entriesOf(n, type)).length > 0 || acknowledge(n, type, user, act));
  const until = <T>(look: () => T | undefined | boolean, what: string) => slack.until(look, what, patienceMs);
  const untilReply = ({ alert, n }: Bypass, words: RegExp) =>
    until(() => replies(slack, alert, words).at(0), `${words.source} in the thread of BG-${n}`) as Promise<Message>;

  return {
    acknowledged,
    untilReply,
    declare: async (fields = {}) => {
      const target = newTarget();
      const { Path: path, ...rest } = fields;
      let sent = false;
      let shown = "";
      await retryForever("declare", async () => {
        const view = slack.view(requester);
        if (sent && view === undefined) return true;
        if (sent && view?.submit === undefined && view !== undefined) {
          // A late answer has replaced the form.
          shown = slack.render(view);
          await asRequester.cancel();
          sent = false;
          return shown.includes("It is recorded after all");
        }
        const open = () => asRequester.command("", { channel: INCIDENTS });
        if (!sent) {
          if (!(await formOf(requester, FORM, open))) return false;
          // The bot renders the form of this path, or dies while it does.
          const filled = asRequester.fill({ ...(path === undefined ? {} : { Path: path }), ...filledIn(target, rest) });
          if (!(await filled.then(() => true).catch(() => false))) {
            await asRequester.cancel();
            return false;
          }
        }
        // The same view, so the same submission, however often it is sent. A late answer may replace the view at any
        // moment.
        sent = true;
        const answer = await asRequester.submit({}).catch(unlessGone(requester));
        if (answer === null) return false;
        if (isAccepted(answer) && answer.body === "") return true;
        shown = Object.values(answer.errors ?? {}).join(" ");
        // A refusal, such as of a form that was not rendered for its path, records nothing: fill in another form.
        if (isAccepted(answer) && shown !== "" && !UNSURE.test(shown)) {
          await asRequester.cancel();
          sent = false;
        }
        return false;
      }).catch((fault: unknown) => {
        throw new Error(`${fault}; under the fields, or in their place: ${shown}`);
      });
      const { n, message: alert } = await alertOf(slack, target, patienceMs);
      acknowledged.push({ n, type: "bypass.declared" });
      return { n, target, alert };
    },
    untilPaged: async ({ n }, users) => {
      await until(() => users.every((user) => slack.inbox(user).some((one) => isAbout(one, n))), "the pages");
    },
    approve: async ({ n, alert, target }) => {
      await settle(n, "bypass.activated", approver, () => asApprover.click(alert, "Approve", { stale: alert }));
      // Waits for the update, so that the bot has an update to render and can be killed while it does.
      await until(
        () => alertsOf(slack, target).some(({ text }) => /active|expired|closed/.test(text)),
        `the update of BG-${n}`,
      );
    },
    deny: async ({ n, alert }) => {
      await retryForever("bypass.denied", async () => {
        if ((await entriesOf(n, "bypass.denied")).length > 0) return true;
        const open = () => asApprover.click(alert, "Deny", { stale: alert });
        if (!(await formOf(approver, `Deny BG-${n}`, open))) return false;
        // A late answer may replace the form at any moment.
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

/** Reports whether the message is about this bypass; BG-12 does not count as BG-1. */
export const isAbout = (message: Message, n: number): boolean => new RegExp(`BG-${n}\\b`).test(message.text);
