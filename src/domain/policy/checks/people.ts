import { type Finding, isRawMap, rawGet, rawList, rawMap, rawText } from "../findings.js";
import { ACK_DEFAULTS } from "../schema/ack-and-review.js";

/** Reports accounts listed under two people: approvals compare people, so each account must belong to one person. */
export function peopleFindings(file: unknown): Finding[] {
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  const claim = (account: string, person: string, shown: string, path: Finding["path"]): void => {
    const owner = owners.get(account) ?? person;
    owners.set(account, owner);
    if (owner === person) return;
    const message = `expected an account of one person only, found ${shown}, which also stands under ${owner}`;
    findings.push({ path, at: "value", message });
  };
  for (const [name, person] of Object.entries(rawMap(rawGet(file, "people")))) {
    rawList(rawGet(person, "slack")).forEach((account, index) => {
      if (typeof account === "string") claim(`slack:${account}`, name, account, ["people", name, "slack", index]);
    });
    const github = rawText(rawGet(person, "github"));
    // GitHub logins are case-insensitive: `Dana-M` and `dana-m` are the same account.
    if (github) claim(`github:${github.toLowerCase()}`, name, github, ["people", name, "github"]);
    const pagerduty = rawText(rawGet(person, "pagerduty"));
    if (pagerduty) claim(`pagerduty:${pagerduty}`, name, pagerduty, ["people", name, "pagerduty"]);
  }
  return findings;
}

/**
 * Reports paths on which no bypass could ever be approved: they need more acks than there are people to give them, or
 * the requester is one of too few who may ack. Only roles whose holders are all listed in the file can be counted; the
 * members of a user group or a schedule are known only to Slack and PagerDuty.
 */
export function ackersFindings(file: unknown): Finding[] {
  return Object.entries(rawMap(rawGet(file, "paths"))).flatMap(([id, path]): Finding[] => {
    const ack = rawGet(path, "ack");
    const needed = rawGet(ack, "needed") ?? ACK_DEFAULTS.needed;
    if (typeof needed !== "number" || needed > 3 || !rawList(rawGet(path, "requires")).includes("second_person_ack")) {
      return [];
    }
    const ackers = personsIn(rolesThatMayAck(path), file);
    if (ackers === null) return [];
    if (ackers.size < needed) {
      const message = `expected at most ${ackers.size}, the persons who could ever ack here, found ${needed}`;
      return [{ path: ["paths", id, "ack", "needed"], at: "value", message }];
    }
    const requesters = personsIn(rawList(rawGet(path, "who_can_invoke")), file);
    if (requesters === null || requesters.size === 0 || mayGoAlone(ack)) return [];
    // Nobody approves their own bypass.
    const left = Math.max(...[...requesters].map((person) => ackers.size - (ackers.has(person) ? 1 : 0)));
    if (left >= needed) return [];
    const message = `expected ${needed} who may ack beside the requester, found ${left}, whoever invokes: no bypass could ever be approved`;
    return [{ path: ["paths", id], at: "key", message }];
  });
}

const mayGoAlone = (ack: unknown): boolean => (rawGet(ack, "alone_after") ?? ACK_DEFAULTS.alone_after) !== "never";

/** The roles of `who_can_ack` or its default, and the roles that the escalation pages. */
function rolesThatMayAck(path: unknown): unknown[] {
  const given = rawGet(path, "who_can_ack");
  const paged = rawList(rawGet(path, "on_invoke")).map((item) => rawGet(item, "page"));
  const first = given === undefined ? [...rawList(rawGet(path, "who_can_invoke")), ...paged] : rawList(given);
  const escalation = rawList(rawGet(rawGet(path, "ack"), "escalate")).map((step) => rawGet(step, "page"));
  return [...first, ...escalation].filter((item) => item !== undefined);
}

/** The people who hold one of the roles; null when the file alone cannot tell. */
function personsIn(roles: readonly unknown[], file: unknown): ReadonlySet<string> | null {
  const persons = new Set<string>();
  for (const item of roles) {
    const name = rawText(item) ?? rawText(rawGet(item, "role"));
    const role = name === null ? undefined : rawGet(rawGet(file, "roles"), name);
    if (!isRawMap(role) || role.slack_usergroup !== undefined || role.pagerduty_schedule !== undefined) return null;
    for (const item of rawList(role.slack_users)) {
      const account = rawText(item);
      // No account: the schema reports it.
      if (account === null) return null;
      persons.add(personNamed(account, file));
    }
  }
  return persons;
}

function personNamed(account: string, file: unknown): string {
  const people = Object.entries(rawMap(rawGet(file, "people")));
  return people.find(([, person]) => rawList(rawGet(person, "slack")).includes(account))?.[0] ?? account;
}
