import type { Person } from "../events/actor.js";

/** What an account is to this workspace, as Slack told it. Only a `member` may do anything. */
export type AccountStatus = "member" | "guest" | "bot" | "deactivated" | "foreign";

/**
 * What was read about a person before a decision. `unverifiable` means that Slack could not be asked and no reading
 * of at most 15 minutes is at hand: such a person's click is refused, and nothing is decided.
 */
export type Principal =
  | (Person & { readonly accountStatus: "unverifiable" })
  | (Person & {
      readonly accountStatus: AccountStatus;
      /** Names of the policy's roles held, by the policy in force now. */
      readonly roles: readonly string[];
      /** Set (ISO 8601, UTC) when the reading was older than 30 s because Slack could not be asked. */
      readonly roleAsOf?: string;
    });

/** Of when the reading was that a decision rests on, where it was older than it should be; else `null`. */
export function roleAsOf(principal: Principal): string | null {
  return "roleAsOf" in principal ? (principal.roleAsOf ?? null) : null;
}

/** The actor to write into an entry, without what was read about them. */
export function personOfPrincipal(principal: Principal): Person {
  return { kind: "person", user: principal.user, person: principal.person };
}
