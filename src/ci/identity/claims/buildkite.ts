import { z } from "zod";
import { buildkiteRun } from "../../../domain/gate-checks/run-id.js";
import type { CiIssuer } from "../../../domain/policy/policy.js";
import type { ReadClaims } from "./claimed.js";
import { chosenText, commitSha, tokenId, uuid, word } from "./fields.js";

/**
 * The claims that are used, by Buildkite's page on `buildkite-agent oidc`. `organization_id` and `pipeline_id` are in the
 * token where the job asks for them with `--claim`. `sub` is not used: a job can choose its form.
 */
const schema = z.object({
  organization_id: uuid,
  pipeline_id: uuid,
  build_number: z.int().min(1),
  /** `HEAD` until the first job of a build has looked which commit that is. */
  build_commit: chosenText.nullish(),
  build_branch: chosenText.nullish(),
  build_source: word.nullish(),
  job_id: uuid,
  jti: tokenId.nullish(),
});

/** Reads a token of Buildkite, whose issuer is the same for all of its customers: the organisation has to be bound. */
export const readBuildkite: ReadClaims<Extract<CiIssuer, { provider: "buildkite" }>> = (claims, { organization }) => {
  const { data } = schema.safeParse(claims);
  if (data === undefined) return "missing_claim";
  if (data.organization_id !== organization) return "not_bound";
  const repository = `${organization}/${data.pipeline_id}`;
  const sha = commitSha.safeParse(data.build_commit).data;
  return {
    repository,
    repositoryName: null,
    pullRequest: null,
    run: buildkiteRun(data.pipeline_id, `${data.build_number}`),
    job: data.job_id,
    commit: sha === undefined ? null : { sha, proven: true },
    checkRunId: null,
    // Not every token of Buildkite has a `jti`; a job belongs to one build.
    tokenId: data.jti ?? `job:${data.job_id}`,
    event: data.build_source ?? null,
    ref: data.build_branch ?? null,
  };
};
