import type { Policy } from "../../domain/policy/policy.js";

export interface PolicyInForce {
  readonly policy: Policy;
  /** SHA-256 of the file's text, hex. */
  readonly hash: string;
}

/** The policy in force now. Call it each time: the file may change while the bot runs. */
export interface PolicySource {
  current(): PolicyInForce;
}
