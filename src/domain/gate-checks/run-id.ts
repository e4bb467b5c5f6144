/**
 * What names a run of a pipeline, as one text. The endpoint makes it of the claims of the identity token, and the command
 * line of the environment of the job; the two must agree.
 */

/** A run of GitHub Actions. A re-run is an attempt of its own, and asks anew. */
export const githubRun = (repositoryId: string, runId: string, runAttempt: string): string =>
  `github:${repositoryId}/${runId}/${runAttempt}`;

/** A pipeline of GitLab CI. */
export const gitlabRun = (projectId: string, pipelineId: string): string => `gitlab:${projectId}/${pipelineId}`;

/** A build of Buildkite. Builds are numbered within their pipeline. */
export const buildkiteRun = (pipelineId: string, buildNumber: string): string =>
  `buildkite:${pipelineId}/${buildNumber}`;

/** A workflow of CircleCI. */
export const circleciRun = (projectId: string, workflowId: string): string => `circleci:${projectId}/${workflowId}`;

/**
 * Any run: a word for where it runs, a colon, and what names it there, without spaces. Other CIs choose
 * both, such as `jenkins:payments/1234`.
 */
export const RUN_PATTERN = /^[a-z][a-z0-9-]{0,31}:[\x21-\x7e]{1,160}$/;
