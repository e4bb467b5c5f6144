import type { CheckedGrant } from "../../domain/gate-checks/judge.js";

/** One use of a grant, as it is on record. */
export interface GrantUse {
  /** The position of its entry. */
  readonly seq: number;
  readonly gate: string;
  readonly run: string;
  /** The issuer of the token that the run showed; `null` is reserved for API tokens. */
  readonly issuer: string | null;
  readonly repository: string | null;
  readonly commit: string;
  readonly proven: boolean;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A bypass of a gate, with what the answer to a pipeline says of it. */
export interface RecordedGrant extends CheckedGrant {
  readonly requester: string;
  /** The accounts that approved, in order; empty when the requester went alone. */
  readonly approvedBy: readonly string[];
  /** SHA-256 of the policy of its declaration, in hex. */
  readonly policyHash: string;
  /** The commit for which the run that asks has used the grant at this gate; `null`: it has not. */
  readonly usedFor: string | null;
}

/** What a check is judged by, all read at one moment. */
export interface GrantsOfGate {
  /** The database's clock. */
  readonly now: Date;
  /** The newest entry of the trail, and its short head. */
  readonly trail: { readonly seq: number; readonly head: string };
  /** The active bypasses of the gate and those that ended within a day; the newest ones, if there are many. */
  readonly grants: readonly RecordedGrant[];
}

/** The uses of a grant, oldest first: the first ones, if there are many. */
export interface RecordedUses {
  readonly uses: readonly GrantUse[];
  readonly total: number;
}

/** Reads for gate checks. */
export interface UseQueries {
  grantsOf(asked: {
    readonly gate: string;
    /** An empty one is reserved for API tokens. */
    readonly issuer: string;
    readonly run: string;
  }): Promise<GrantsOfGate>;
  /** At most `limit` of the uses of a grant, and how many there are. */
  usesOf(n: number, limit: number): Promise<RecordedUses>;
}

/** A pipeline that has been identified, as far as a check needs it. */
export interface AskingPipeline {
  /** The issuer of its token; `null` is reserved for API tokens. */
  readonly issuer: string | null;
  /** The repository or project, by its id there. */
  readonly repository: string | null;
  /** `owner/name` as its issuer writes it; `null` where it names none. */
  readonly repositoryName: string | null;
  /** The pull request that its token says it runs for; `null`: for none, or its issuer does not say. */
  readonly pullRequest: number | null;
  readonly run: string;
  /** The id of its token. */
  readonly tokenId: string;
  /** The commit that its token names, and whether that is the very commit it builds. */
  readonly commit: { readonly sha: string; readonly proven: boolean } | null;
  /** What the policy says of a commit that is only claimed. */
  readonly unprovenCommit: "closed" | "open";
}
