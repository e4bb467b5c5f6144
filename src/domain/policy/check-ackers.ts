import type { Finding } from "./findings.js";
import { isRawMap, rawGet, rawList, rawMap, rawText } from "./raw.js";
import { ACK_DEFAULTS } from "./schema-path.js";

/**
 * Finds paths that ask for more acks than there are persons to give them: at 3 a.m. that is a door without a handle.
 * Only roles whose holders all stand in the file can be counted; how many a user group has, Slack alone knows.
 */
export function ackersFindings(file: unknown): Finding[] {
  return Object.entries(rawMap(rawGet(file, "paths"))).flatMap(([id, path]): Finding[] => {
    const ack = rawGet(path, "ack");
    const needed = rawGet(ack, "needed") ?? ACK_DEFAULTS.needed;
    if (typeof needed !== "number" || needed > 3 || !rawList(rawGet(path, "requires")).includes("second_person_ack")) {
      return [];
    }
    const persons = countPersons(rolesThatMayAck(path), file);
    if (persons === null || persons >= needed) return [];
    const message = `expected at most ${persons}, the persons who could ever ack here, found ${needed}`;
    return [{ path: ["paths", id, "ack", "needed"], at: "value", message }];
  });
}

/** The roles of `who_can_ack` or its default, and those that the ladder pages. */
function rolesThatMayAck(path: unknown): unknown[] {
  const given = rawGet(path, "who_can_ack");
  const paged = rawList(rawGet(path, "on_invoke")).map((item) => rawGet(item, "page"));
  const first = given === undefined ? [...rawList(rawGet(path, "who_can_invoke")), ...paged] : rawList(given);
  const ladder = rawList(rawGet(rawGet(path, "ack"), "escalate")).map((rung) => rawGet(rung, "page"));
  return [...first, ...ladder].filter((item) => item !== undefined);
}

/** How many persons hold one of the roles; null where that does not stand in the file. */
function countPersons(roles: readonly unknown[], file: unknown): number | null {
  const persons = new Set<string>();
  for (const item of roles) {
    const name = rawText(item) ?? rawText(rawGet(item, "role"));
    const role = name === null ? undefined : rawGet(rawGet(file, "roles"), name);
    if (!isRawMap(role) || role.slack_usergroup !== undefined) return null;
    for (const account of rawList(role.slack_users)) persons.add(personNamed(account, file));
  }
  return persons.size;
}

function personNamed(account: unknown, file: unknown): string {
  const people = Object.entries(rawMap(rawGet(file, "people")));
  return people.find(([, person]) => rawList(rawGet(person, "slack")).includes(account))?.[0] ?? String(account);
}
