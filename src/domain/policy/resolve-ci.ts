import type { CiIssuer } from "./ci.js";
import type { CiIssuerFile } from "./schema/ci.js";

/** Turns a checked issuer of the file into one of its provider. */
export function resolveIssuer(file: CiIssuerFile): CiIssuer {
  const { issuer, audience, unproven_commit: unprovenCommit, projects = [], organization = "" } = file;
  const common = { issuer, audience, unprovenCommit };
  switch (file.provider) {
    case "github":
      return { ...common, provider: "github", repositories: file.repositories ?? [] };
    case "gitlab":
      return { ...common, provider: "gitlab", projects };
    case "buildkite":
      return { ...common, provider: "buildkite", organization };
    case "circleci":
      return { ...common, provider: "circleci", organization, projects, vcsOrigins: file.vcs_origins ?? null };
  }
}
