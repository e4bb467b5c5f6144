import type { Answer, Message, SlackDouble, SubmitAnswer } from "../../../demo/slack/index.js";

/** A person who clicks at the same moment as others: a button of a message, or the submit button of a filled form. */
export interface Presser {
  readonly user: string;
  readonly does: "Approve" | "Deny" | "Withdraw";
  press(): Promise<Answer>;
  /** The ephemeral text that this person got since the presser was created; "" for none. */
  replies(): string;
}

/** Presses a button on a message as it was posted. */
export function byButton(slack: SlackDouble, user: string, does: "Approve" | "Withdraw", on: Message): Presser {
  const from = slack.record.ephemerals.length;
  return {
    user,
    does,
    press: () => slack.as(user).click(on, does, { stale: on }),
    replies: () => ephemeralText(slack, user, from),
  };
}

/** Opens the form of Deny and types the reason. Asks again for a form that Slack could not show in time. */
export async function byForm(slack: SlackDouble, user: string, on: Message): Promise<Presser> {
  const isOpen = () => slack.view(user)?.submit === "Deny";
  for (let attempt = 1; !isOpen(); attempt += 1) {
    const from = slack.record.ephemerals.length;
    if (attempt > 5) throw new Error(`No form opened for ${user}.`);
    const { error } = await slack.as(user).click(on, "Deny", { stale: on });
    if (error === undefined)
      await slack.until(() => isOpen() || ephemeralText(slack, user, from), `the form of ${user}`);
  }
  await slack.as(user).fill({ Reason: `Not this one, says ${user}.` });
  const from = slack.record.ephemerals.length;
  let shown = "";
  return {
    user,
    does: "Deny",
    press: async () => {
      shown = "";
      if (!isOpen()) return slack.as(user).click(on, "Deny", { stale: on });
      const answer: SubmitAnswer = await slack.as(user).submit({});
      shown = [answer.error ?? "", ...Object.values(answer.errors ?? {})].join(" ").trim();
      return answer;
    },
    replies: () => {
      const view = slack.view(user);
      const inView = view === undefined || view.submit !== undefined ? "" : JSON.stringify(view.blocks);
      return [ephemeralText(slack, user, from), shown, inView].join(" ").trim();
    },
  };
}

function ephemeralText(slack: SlackDouble, user: string, from: number): string {
  const mine = slack.record.ephemerals.slice(from).filter((one) => one.user === user);
  return mine.map((one) => one.text).join(" ");
}

/**
 * Waits until this person has a reply that fits. After another reply, such as that it took too long, the person presses
 * again.
 */
export async function getsReply(
  slack: SlackDouble,
  presser: Presser,
  fits: (words: string) => boolean,
): Promise<boolean> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const before = presser.replies();
    if (fits(before)) return true;
    const inTime = await slack
      .until(() => presser.replies() !== "" && (attempt === 1 || presser.replies() !== before), "a reply", 20_000)
      .catch(() => false);
    if (inTime === false) return false;
    if (fits(presser.replies())) return true;
    await presser.press();
  }
  return fits(presser.replies());
}
