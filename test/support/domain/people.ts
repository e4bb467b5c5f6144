import type { AccountStatus, Principal } from "../../../src/domain/decisions/principal.js";

/** A person whose account status and roles are known. */
export type Known = Extract<Principal, { roles: readonly string[] }>;

export function member(user: string, roles: readonly string[], person: string = user): Known {
  return { kind: "person", user, person, accountStatus: "member", roles };
}

/** The requester. She also holds a role that may ack, which must not let her approve herself. */
export const DANA = member("U0DANA", ["on-call-engineer", "incident-commander", "on-call-lead"], "dana");
/** Dana's other account. */
export const DANA_AGAIN = member("W0DANA2", ["on-call-engineer", "on-call-lead"], "dana");
export const LEO = member("U0LEO", ["on-call-lead"], "leo");
/** Leo's other account. */
export const LEO_AGAIN = member("W0LEO2", ["on-call-lead"], "leo");
export const MIRA = member("U0MIRA", ["on-call-lead"]);
export const NOOR = member("U0NOOR", ["on-call-lead"]);
/** Incident commander: may ack once the escalation has paged that role. */
export const IVO = member("U0IVO", ["incident-commander"]);
/** May declare, may not ack. */
export const ENA = member("U0ENA", ["on-call-engineer"]);
/** A colleague without any role. */
export const TOM = member("U0TOM", []);

export const as = (known: Known, accountStatus: AccountStatus): Known => ({ ...known, accountStatus });

/** The same person, when Slack cannot be asked about them. */
export function unverifiable({ kind, user, person }: Known): Principal {
  return { kind, user, person, accountStatus: "unverifiable" };
}
