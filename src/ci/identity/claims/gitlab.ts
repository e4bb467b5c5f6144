import { z } from "zod";
import { gitlabRun } from "../../../domain/gate-checks/run-id.js";
import type { CiIssuer } from "../../../domain/policy/policy.js";
import type { ReadClaims } from "./claimed.js";
import { chosenText, commitSha, digits, tokenId, word } from "./fields.js";

/** The claims that are used, by GitLab's page on ID tokens. `sub` is not: a project can configure it. */
const schema = z.object({
  project_id: digits,
  /** Where the job ran; GitLab 18.3 and later. Older ones cannot tell a fork's pipeline from the project's own. */
  job_project_id: digits,
  pipeline_id: digits,
  job_id: digits,
  pipeline_source: word.nullish(),
  sha: commitSha.nullish(),
  ref: chosenText.nullish(),
  jti: tokenId,
});

/**
 * Reads an ID token of GitLab CI. In the pipeline of a fork's merge request that runs in the parent, `project_id` is the
 * fork and `job_project_id` the parent, so both have to be the bound project. `sha` is what the pipeline was made for:
 * in a pipeline for merged results that is a merge commit, which no request is for.
 */
export const readGitlab: ReadClaims<Extract<CiIssuer, { provider: "gitlab" }>> = (claims, { projects }) => {
  const { data } = schema.safeParse(claims);
  if (data === undefined) return "missing_claim";
  const { project_id: project, sha } = data;
  if (data.job_project_id !== project) return "fork";
  if (!projects.includes(project)) return "not_bound";
  return {
    repository: project,
    repositoryName: null,
    pullRequest: null,
    run: gitlabRun(project, data.pipeline_id),
    job: data.job_id,
    commit: sha == null ? null : { sha, proven: true },
    checkRunId: null,
    tokenId: data.jti,
    event: data.pipeline_source ?? null,
    ref: data.ref ?? null,
  };
};
