import type { CiProvider } from "../../domain/policy/policy.js";

/** A pipeline's job, as its token proves it. Everything here is from signed claims; nothing from the caller's body. */
export interface PipelineIdentity {
  readonly provider: CiProvider;
  /** The `iss` of the token, which is that of an entry in the policy. */
  readonly issuer: string;
  /**
   * What was bound, by ids that are never given away: the repository's id (GitHub), the project's id (GitLab),
   * `organisation/pipeline` (Buildkite), the project's UUID (CircleCI).
   */
  readonly repository: string;
  /** `owner/name` of GitHub; `null` with other providers. A name that was bound by its id above. */
  readonly repositoryName: string | null;
  /** The pull request that a GitHub run is for, by its `ref`; `null` for any other run. */
  readonly pullRequest: number | null;
  /**
   * The run, by claims alone, as one word that no other run of its issuer has; `src/domain/gate-checks/run-id.ts` writes it.
   * A GitHub run or a CircleCI workflow that is started again is another run; a retried job of GitLab or
   * Buildkite belongs to the same one.
   */
  readonly run: string;
  /** The job within the run: an id of GitLab, Buildkite or CircleCI; `null` for GitHub, which has `checkRunId`. */
  readonly job: string | null;
  /**
   * The commit that the token names, `null` where it names none. `proven` is true only where the claim is the commit
   * itself; it is false for a commit such as the merge commit that GitHub makes for a pull request.
   */
  readonly commit: { readonly sha: string; readonly proven: boolean } | null;
  /** The check run of the job, by which a connected GitHub says what the commit is; `null` with other providers. */
  readonly checkRunId: string | null;
  /** The token within its issuer: its `jti`, or the job's and the run's ids where a provider's tokens have none. */
  readonly tokenId: string;
  /** From when on the token counts no more, in ISO 8601, without any tolerance. */
  readonly expiresAt: string;
  /** What the policy says of a commit that is not proven. */
  readonly unprovenCommit: "closed" | "open";
  /** What started the run (`event_name`, `pipeline_source`, `build_source`), a word of the provider; `null` if unsaid. */
  readonly event: string | null;
  /** Branch or tag as the provider writes it. People choose it: a text, neither for a log nor for the body of an entry. */
  readonly ref: string | null;
}

/**
 * Why a token was not believed. The words go into problem details and metrics; `REFUSED_TOKENS` says what each means and
 * where its rule comes from.
 */
export type TokenRefusal = keyof typeof REFUSED_TOKENS;

/** Every reason, with its meaning. All are a 401 but `keys_unavailable`, a 503, and those of `FORBIDDEN_TOKENS`, a 403. */
export const REFUSED_TOKENS = {
  /** RFC 7515, compact form: three parts of canonical base64url, JSON objects in the first two, no critical extensions. */
  malformed: "The token is not a signed JSON Web Token in its compact form.",
  /** The `iss` is in no entry of the policy. Nothing is fetched for it. */
  unknown_issuer: "The policy names no such issuer.",
  /** RFC 8725, 3.1. All four providers sign with RS256, and nothing else is tried: no `none`, no HMAC, no PSS, no curves. */
  wrong_algorithm: "The token is not signed with RS256.",
  /** Without a `kid`, a key would be guessed. All four providers set it. */
  no_kid: "The token does not say which key signed it.",
  /** The issuer's keys, as read from it, do not hold this one: it was withdrawn, or never its own. */
  unknown_key: "The issuer has no such key.",
  /** RFC 7515, 5.2. */
  bad_signature: "The signature does not fit the token.",
  /** RFC 7519, 4.1.4; and a token older than an hour, whatever it says of its own end. */
  expired: "The token has expired, or is older than an hour.",
  /** RFC 7519, 4.1.5 and 4.1.6: `nbf` or `iat` is in the future. */
  not_yet_valid: "The token is not valid yet: a clock is wrong.",
  /** RFC 8725, 3.9: `aud` is that of the policy, and no other one beside it. */
  wrong_audience: "The token was made for somebody else.",
  /** A claim that the rules need is not there, or not of the form that the provider documents. */
  missing_claim: "The token lacks a claim, or has one of another form than its provider documents.",
  /** The ids in the token are not among those of the policy. */
  not_bound: "The policy does not name this repository, project or organisation.",
  /** GitHub's `pull_request_target` and `workflow_run` let the code of a fork run with the identity of the base. */
  forbidden_event: "Runs of pull_request_target and workflow_run may hold the code of a fork.",
  /** GitLab: `job_project_id` is not `project_id`. CircleCI: another origin, or the ref of a pull request of a fork. */
  fork: "The run builds a fork.",
  /** CircleCI: a person is logged in to the job and may ask in its name. */
  ssh_rerun: "The job was started again for a person to log in to.",
  /** The issuer cannot be reached, and its keys were never read, or last read more than a day ago. Ask again later. */
  keys_unavailable: "The issuer's keys cannot be read now, so the token cannot be judged.",
  /** The token was used by another run before. The trail holds the durable half of this rule. */
  replayed: "The token belongs to another run.",
} as const satisfies Readonly<Record<string, string>>;

/** The reasons of a genuine token that the policy or a rule shuts out: 403 rather than 401. */
export const FORBIDDEN_TOKENS: ReadonlySet<TokenRefusal> = new Set<TokenRefusal>([
  "not_bound",
  "forbidden_event",
  "fork",
  "ssh_rerun",
  "replayed",
]);

/** A token's identity, or why it has none. */
export type Identified =
  | { readonly ok: true; readonly identity: PipelineIdentity }
  | { readonly ok: false; readonly why: TokenRefusal };

/** Who asks: reads the tokens of pipelines. The contract suite is test/contract/ci-identity.ts. */
export interface CiIdentity {
  /**
   * Judges a token by the policy in force. Never throws, keeps nothing of the token but its id, and logs nothing of it.
   * @param token as it came after `Bearer`
   * @param now the time to judge its validity by
   */
  identify(token: string, now: Date): Promise<Identified>;
}
