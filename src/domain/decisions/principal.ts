import type { Person } from "../events/actor.js";

/** The status of an account in this workspace, as read from Slack. Only a `member` may do anything. */
export type AccountStatus = "member" | "guest" | "bot" | "deactivated" | "foreign";

/** A refusal of Slack or PagerDuty that lasts until somebody changes something there. */
export interface SourceRefusal {
  /** Their code, such as `missing_scope`. */
  readonly code: string;
  /** What is missing, such as `usergroups:read`; `null` when they do not say. */
  readonly needed: string | null;
}

/** Who could not say what a person's account or roles are, and why. */
export interface Unread {
  readonly source: "slack" | "pagerduty";
  /** `null`: no answer just now, so another try may help. */
  readonly refusal: SourceRefusal | null;
}

/**
 * A person with their account status and roles, as read before a decision. `unverifiable` means that they could not be
 * read and no reading of at most 15 minutes' age is cached: whatever such a person attempts is refused.
 */
export type Principal =
  | (Person & { readonly accountStatus: "unverifiable"; readonly unread?: Unread })
  | (Person & {
      readonly accountStatus: AccountStatus;
      /**
       * Other ids of the same account, as Slack says; left out when it has none. The accounts of a person, wherever they
       * are compared or recorded, are those of `accountsOfPrincipal`.
       */
      readonly sameAs?: readonly string[];
      /** Names of the roles held, by the policy in force. */
      readonly roles: readonly string[];
      /**
       * When the roles were read (ISO 8601, UTC); set only when that was over 30 s ago because Slack could not be
       * reached.
       */
      readonly roleAsOf?: string;
    });

/** When the principal's roles were read, if the reading was stale; `null` if it was current. */
export function roleAsOf(principal: Principal): string | null {
  return "roleAsOf" in principal ? (principal.roleAsOf ?? null) : null;
}

/** The principal as the actor of an entry, without status and roles. */
export function personOfPrincipal(principal: Principal): Person {
  return { kind: "person", user: principal.user, person: principal.person };
}
