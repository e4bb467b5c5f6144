import { CAST, INCIDENTS } from "../../../demo/cast.js";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { closingOf, isOfficeDay, openingOf } from "../../../src/domain/calendar/office-hours.js";
import { dayOf } from "../../../src/domain/calendar/zones.js";
import { type Policy, parsePolicy } from "../../../src/domain/policy/parse.js";
import type { SteppedBot } from "./stepped.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The demo's policy with office hours in another zone and holidays in the middle of the week. */
export function policyIn(timezone: string): { readonly text: string; readonly policy: Policy } {
  const text = DEMO_POLICY.replace("timezone: Europe/Berlin", `timezone: ${timezone}`)
    .replace('holidays: ["2026-12-25"]', 'holidays: ["2027-03-17", "2027-04-05"]')
    .replace("drill_every: 90d", "drill_every: 20d");
  const read = parsePolicy(text, "breakglass.yaml");
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return { text, policy: read.policy };
}

/** One moment of a quarter, and what people do then. */
export interface Moment {
  readonly at: string;
  readonly does: "nothing" | "bypass" | "review";
}

/**
 * Moments of each day: at opening, three hours later, at closing and in the night. On some nights there is a bypass, and
 * some days later a review of every other one. Depends only on the policy and the number of days.
 */
export function quarter(policy: Policy, firstDay: string, days: number): readonly Moment[] {
  const { officeHours } = policy;
  const moments = Array.from({ length: days }, (_, index): Moment[] => {
    const day = dayOf(new Date(Date.parse(firstDay) + index * DAY_MS), officeHours.timezone);
    const opening = openingOf(day, officeHours);
    const night = new Date(opening.getTime() - 6 * 60 * 60 * 1000);
    const writes = index % 8 === 6 && isOfficeDay(day, officeHours);
    return [
      { at: night.toISOString(), does: index % 4 === 1 ? "bypass" : "nothing" },
      { at: opening.toISOString(), does: "nothing" },
      { at: new Date(opening.getTime() + 3 * 60 * 60 * 1000).toISOString(), does: writes ? "review" : "nothing" },
      { at: closingOf(day, officeHours).toISOString(), does: "nothing" },
    ];
  });
  return moments.flat().sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** The actions of people in Slack. */
export function createPeople({ slack }: Pick<SteppedBot, "slack">) {
  let bypasses = 0;
  const reviewed = new Set<string>();
  const shows = (name: string, label: string) =>
    slack.until(
      () =>
        slack
          .messages(INCIDENTS)
          .find(
            (one) =>
              one.thread_ts === undefined && one.text.startsWith(`${name} `) && slack.render(one).includes(label),
          ),
      `${label} on ${name}`,
    );
  return {
    /** Declared by Priya, approved by Noor, closed by Priya. */
    bypass: async (): Promise<void> => {
      bypasses += 1;
      const name = `BG-${bypasses}`;
      const priya = slack.as(CAST.priya);
      await priya.command("", { channel: INCIDENTS });
      await slack.until(() => slack.view(CAST.priya)?.submit === "Break Glass", "the form");
      await priya.submit({ Gates: ["e2e-suite"], Target: "acme/shop#1", Incident: "INC-1", Reason: "It is down." });
      await slack.as(CAST.noor).click(await shows(name, "[Approve]"), "Approve");
      await priya.click(await shows(name, "[Close]"), "Close");
      await shows(name, "[Write Review]");
    },
    /** Dana writes the oldest open review. */
    review: async (): Promise<void> => {
      const open = Array.from({ length: bypasses }, (_, index) => `BG-${index + 1}`).find(
        (name) => !reviewed.has(name),
      );
      if (open === undefined) return;
      reviewed.add(open);
      await slack.as(CAST.dana).click(await shows(open, "[Write Review]"), "Write Review");
      await slack.until(() => slack.view(CAST.dana)?.submit === "Submit Review", "the review form");
      await slack.as(CAST.dana).submit({
        Verdict: "justified",
        "What Forced It": "flaky",
        "The Skipped Check": "passed-later",
        "What We Learned": "It is always the same test.",
      });
      await shows(open, "[Amend Review]");
    },
  };
}
