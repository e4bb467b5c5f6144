import { accountsOf, personOf } from "../../domain/policy/roles.js";
import type { Core } from "../core.js";
import { readFacts } from "../facts.js";
import type { Board } from "../ports.js";

/** So many of a kind are read for one message; what does not fit into it is counted. */
const MOST_READ = 200;

/** What waits for one person: reviews that their roles write, and actions that they own. */
export async function waitsOf(core: Core, user: string): Promise<Extract<Board, { kind: "waits" }>> {
  const { policy } = core.policy.current();
  const facts = await readFacts(core, user, Object.keys(policy.roles));
  const roles = "roles" in facts && facts.standing === "member" ? facts.roles : [];
  const [reviews, actions] = await Promise.all([
    core.queries.reviewsOf(roles, MOST_READ),
    core.queries.actionsOf(accountsOf(policy, user), MOST_READ),
  ]);
  const now = reviews.now.toISOString();
  const person = personOf(policy, user);
  // Nobody writes the review of their own bypass.
  const theirs = reviews.bypasses.filter(({ requesterPerson }) => requesterPerson !== person);
  return {
    kind: "waits",
    to: user,
    now,
    reviews: theirs.filter(({ reviewSnoozedUntil }) => reviewSnoozedUntil === null || reviewSnoozedUntil <= now),
    actions: actions.filter(({ snoozedUntil }) => snoozedUntil === null || snoozedUntil <= now),
  };
}

/** What is overdue of the bypasses of one channel. */
export async function overdueOf(core: Core, channel: string): Promise<Extract<Board, { kind: "overdue" }>> {
  const [reviews, actions] = await Promise.all([
    core.queries.overdueReviews(channel, MOST_READ),
    core.queries.overdueActions(channel, MOST_READ),
  ]);
  return { kind: "overdue", channel, now: reviews.now.toISOString(), reviews: reviews.bypasses, actions };
}
