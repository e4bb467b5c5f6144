import type { Person } from "../events/actor.js";
import type { Policy } from "../policy/policy.js";
import type { Refusal } from "./refusals.js";
import { isSamePerson } from "./same-person.js";

/**
 * How many entries of one kind a bypass takes. Each command reads all entries of its bypass, so no kind is without end;
 * and no single person can take the room of all others.
 */
export interface Room {
  readonly most: number;
  readonly ofOnePerson: number;
}

/** How many entries of a kind one account has made, under the name that it had then. */
export interface Share {
  readonly by: Person;
  readonly count: number;
}

/** The shares after one more entry by that person. */
export function oneMore(shares: readonly Share[], { user, person }: Person): readonly Share[] {
  const isTheirs = ({ by }: Share): boolean => by.user === user && by.person === person;
  return shares.some(isTheirs)
    ? shares.map((share) => (isTheirs(share) ? { ...share, count: share.count + 1 } : share))
    : [...shares, { by: { kind: "person", user, person }, count: 1 }];
}

/** Why there is no room for one more entry by that person, or `null`. All accounts of a person count together. */
export function roomRefusal(policy: Policy, shares: readonly Share[], by: Person, room: Room): Refusal | null {
  const own = shares.filter((share) => isSamePerson(policy, { ...share.by, accounts: [] }, by));
  if (total(own) >= room.ofOnePerson) return { code: "share_full", limit: room.ofOnePerson };
  return total(shares) >= room.most ? { code: "room_full", limit: room.most } : null;
}

/**
 * Invariants of one more entry, by the trail alone, which knows persons only by the names that they had.
 * @returns each violation as the rest of a sentence that begins with "Entry 12 of BG-3"
 */
export function roomViolations(shares: readonly Share[], by: Person, { most, ofOnePerson }: Room): readonly string[] {
  const own = shares.filter((share) => share.by.user === by.user || share.by.person === by.person);
  if (total(shares) >= most) return [`is one of more than ${most} of its kind`];
  return total(own) >= ofOnePerson ? [`is one of more than ${ofOnePerson} of its kind by one person`] : [];
}

const total = (shares: readonly Share[]): number => shares.reduce((sum, { count }) => sum + count, 0);
