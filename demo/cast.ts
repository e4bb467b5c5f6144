import type { SlackDouble } from "./slack/index.js";

/** Fictional people of a fictional company. Their ids match the sample policy. */
export const CAST = {
  priya: "U0PRIYA",
  omar: "U0OMAR",
  dana: "U0DANA",
  danaSecondAccount: "W0DANA2",
  noor: "U0NOOR",
  lee: "U0LEE",
  guest: "U0GUEST",
} as const;

/** A person whom the visitor can act as. */
export interface CastMember {
  readonly id: string;
  /** Their part in the story, and what they may do. */
  readonly part: string;
}

/** The people whom the visitor can act as: some may declare, some may approve, some may do neither. */
export const ROLES_TO_PLAY: readonly CastMember[] = [
  { id: CAST.priya, part: "On-call engineer: may\u00a0declare" },
  { id: CAST.omar, part: "On-call engineer, London: may\u00a0declare" },
  { id: CAST.dana, part: "On-call lead, commander: may\u00a0approve and\u00a0declare" },
  { id: CAST.danaSecondAccount, part: "The same person as Dana" },
  { id: CAST.noor, part: "On-call lead, New York: may\u00a0approve" },
  { id: CAST.lee, part: "No role: may only look" },
  { id: CAST.guest, part: "A guest: is turned away" },
];

/** The id of the channel in which the story takes place. */
export const INCIDENTS = "C0INCIDENTS";

/** Adds the people, the user groups and #incidents to a workspace: on-call engineers, leads, an outsider, a guest. */
export function peopleTheWorkspace(slack: SlackDouble): void {
  slack.people.add({ id: CAST.priya, name: "priya", displayName: "Priya", tz: "Europe/Berlin" });
  slack.people.add({ id: CAST.omar, name: "omar", displayName: "Omar", tz: "Europe/London" });
  slack.people.add({ id: CAST.dana, name: "dana", displayName: "Dana", tz: "Europe/Berlin" });
  slack.people.add({
    id: CAST.danaSecondAccount,
    name: "dana.two",
    displayName: "Dana (second account)",
    tz: "Europe/Berlin",
  });
  slack.people.add({ id: CAST.noor, name: "noor", displayName: "Noor", tz: "America/New_York" });
  slack.people.add({ id: CAST.lee, name: "lee", displayName: "Lee", tz: "Europe/Berlin" });
  slack.people.add({ id: CAST.guest, name: "gale", displayName: "Gale (guest)", guest: "multi" });
  slack.groups.add("S0ONCALL", "on-call", [CAST.priya, CAST.omar]);
  slack.groups.add("S0LEADS", "on-call-leads", [CAST.dana, CAST.noor]);
  slack.channels.add({ id: INCIDENTS, name: "incidents", members: Object.values(CAST), botIsMember: true });
}
