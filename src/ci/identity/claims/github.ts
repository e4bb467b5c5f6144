import { z } from "zod";
import { githubRun } from "../../../domain/gate-checks/run-id.js";
import type { CiIssuer } from "../../../domain/policy/policy.js";
import type { ReadClaims } from "./claimed.js";
import { chosenText, commitSha, digits, repositoryName, tokenId, word } from "./fields.js";

/** The claims that are used, by GitHub's OpenID Connect reference. `sub` is not: it is configurable, and its form changed. */
const schema = z.object({
  repository_id: digits,
  repository: repositoryName,
  repository_owner_id: digits,
  run_id: digits,
  run_attempt: digits,
  event_name: word,
  /** GITHUB_SHA, which for a pull request is a merge commit that GitHub makes. */
  sha: commitSha.nullish(),
  ref: chosenText.nullish(),
  check_run_id: digits.nullish(),
  jti: tokenId,
});

/** Events whose workflow runs with the rights of the base repository and may check out the code of a fork. */
const FORBIDDEN_EVENTS: ReadonlySet<string> = new Set(["pull_request_target", "workflow_run"]);

/** Events whose `sha` is the commit that the run was started for, by GitHub's list of events that start workflows. */
const SHA_IS_THE_COMMIT: ReadonlySet<string> = new Set(["push", "merge_group", "workflow_dispatch", "schedule"]);

/** Reads a token of GitHub Actions. Repository and owner are compared by id: a name can be taken by somebody else. */
export const readGithub: ReadClaims<Extract<CiIssuer, { provider: "github" }>> = (claims, { repositories }) => {
  const { data } = schema.safeParse(claims);
  if (data === undefined) return "missing_claim";
  const { repository_id: repository, repository_owner_id: owner, event_name: event, sha } = data;
  if (!repositories.some(({ id, ownerId }) => id === repository && ownerId === owner)) return "not_bound";
  if (FORBIDDEN_EVENTS.has(event)) return "forbidden_event";
  return {
    repository,
    repositoryName: data.repository,
    pullRequest: pullRequestOf(data.ref ?? ""),
    run: githubRun(repository, data.run_id, data.run_attempt),
    job: null,
    commit: sha == null ? null : { sha, proven: SHA_IS_THE_COMMIT.has(event) },
    checkRunId: data.check_run_id ?? null,
    tokenId: data.jti,
    event,
    ref: data.ref ?? null,
  };
};

/** A run for a pull request has the ref of its merge commit, which only GitHub can write. */
function pullRequestOf(ref: string): number | null {
  const number = /^refs\/pull\/([1-9]\d{0,8})\/merge$/.exec(ref)?.[1];
  return number === undefined ? null : Number(number);
}
