import type { Answer, Message, SlackDouble, SubmitAnswer } from "../../../demo/slack/index.js";

/** One of those who press at the same moment: by a button of a message, or by a form that was filled in before. */
export interface Presser {
  readonly user: string;
  readonly does: "Approve" | "Deny" | "Withdraw";
  press(): Promise<Answer>;
  /** What this person was told alone since the presser was made; empty as long as that is nothing. */
  said(): string;
}

/** Presses a button on a message as it stood when it was posted. */
export function byButton(slack: SlackDouble, user: string, does: "Approve" | "Withdraw", on: Message): Presser {
  const from = slack.record.ephemerals.length;
  return {
    user,
    does,
    press: () => slack.as(user).click(on, does, { stale: on }),
    said: () => whispers(slack, user, from),
  };
}

/** Has the form of Deny open with its reason typed. A form that Slack could not show in time is asked for again. */
export async function byForm(slack: SlackDouble, user: string, on: Message): Promise<Presser> {
  const isOpen = () => slack.view(user)?.submit === "Deny";
  for (let attempt = 1; !isOpen(); attempt += 1) {
    const from = slack.record.ephemerals.length;
    if (attempt > 5) throw new Error(`No form opened for ${user}.`);
    const { error } = await slack.as(user).click(on, "Deny", { stale: on });
    if (error === undefined) await slack.until(() => isOpen() || whispers(slack, user, from), `the form of ${user}`);
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
    said: () => {
      const view = slack.view(user);
      const inView = view === undefined || view.submit !== undefined ? "" : JSON.stringify(view.blocks);
      return [whispers(slack, user, from), shown, inView].join(" ").trim();
    },
  };
}

function whispers(slack: SlackDouble, user: string, from: number): string {
  const mine = slack.record.ephemerals.slice(from).filter((one) => one.user === user);
  return mine.map((one) => one.text).join(" ");
}

/**
 * Waits until this person has heard something that fits. Who is told something else, such as that it took too long,
 * presses again, as people do.
 */
export async function hears(slack: SlackDouble, presser: Presser, fits: (words: string) => boolean): Promise<boolean> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const before = presser.said();
    if (fits(before)) return true;
    const inTime = await slack
      .until(() => presser.said() !== "" && (attempt === 1 || presser.said() !== before), "a word", 20_000)
      .catch(() => false);
    if (inTime === false) return false;
    if (fits(presser.said())) return true;
    await presser.press();
  }
  return fits(presser.said());
}
