import { z } from "zod";
import { circleciRun } from "../../../domain/gate-checks/run-id.js";
import type { CiIssuer } from "../../../domain/policy/policy.js";
import type { ReadClaims } from "./claimed.js";
import { chosenText, uuid } from "./fields.js";

/** The claims that are used, by CircleCI's page on OpenID Connect tokens. They have no `jti`, and none names the commit. */
const schema = z
  .object({
    "oidc.circleci.com/org-id": uuid,
    "oidc.circleci.com/project-id": uuid,
    "oidc.circleci.com/workflow-id": uuid,
    "oidc.circleci.com/job-id": uuid,
    "oidc.circleci.com/ssh-rerun": z.boolean(),
    "oidc.circleci.com/vcs-origin": chosenText.nullish(),
    "oidc.circleci.com/vcs-ref": chosenText.nullish(),
  })
  .transform((claims) => ({
    organization: claims["oidc.circleci.com/org-id"],
    project: claims["oidc.circleci.com/project-id"],
    workflow: claims["oidc.circleci.com/workflow-id"],
    job: claims["oidc.circleci.com/job-id"],
    sshRerun: claims["oidc.circleci.com/ssh-rerun"],
    origin: claims["oidc.circleci.com/vcs-origin"] ?? null,
    ref: claims["oidc.circleci.com/vcs-ref"] ?? null,
  }));

/** The ref of a pull request of a fork: CircleCI builds those as the branch `pull/7` of the project. */
const FORK_REF = /^(?:refs\/)?(?:heads\/)?pull\/\d/;

/** Reads a token of CircleCI. Builds of forks keep organisation and project: `vcs-origin` and the ref tell them apart. */
export const readCircleci: ReadClaims<Extract<CiIssuer, { provider: "circleci" }>> = (
  claims,
  { organization, projects, vcsOrigins },
) => {
  const { data } = schema.safeParse(claims);
  if (data === undefined) return "missing_claim";
  const { project, workflow, job, origin, ref } = data;
  if (data.organization !== organization || !projects.includes(project)) return "not_bound";
  if (data.sshRerun) return "ssh_rerun";
  if (vcsOrigins !== null && origin === null) return "missing_claim";
  if (vcsOrigins !== null && origin !== null && !vcsOrigins.includes(origin)) return "fork";
  if (ref !== null && FORK_REF.test(ref)) return "fork";
  return {
    repository: project,
    repositoryName: null,
    pullRequest: null,
    run: circleciRun(project, workflow),
    job,
    commit: null,
    checkRunId: null,
    tokenId: `job:${workflow}/${job}`,
    event: null,
    ref,
  };
};
