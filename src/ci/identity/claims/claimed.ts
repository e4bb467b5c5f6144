import type { PipelineIdentity, TokenRefusal } from "../../../usecases/ports/ci-identity.js";

/** The part of an identity that the provider's own claims give. */
export type Claimed = Pick<
  PipelineIdentity,
  | "repository"
  | "repositoryName"
  | "pullRequest"
  | "run"
  | "job"
  | "commit"
  | "checkRunId"
  | "tokenId"
  | "event"
  | "ref"
>;

/** Reads the claims of a genuine token of one provider, and says whether the policy's entry binds it. */
export type ReadClaims<Issuer> = (claims: Readonly<Record<string, unknown>>, issuer: Issuer) => Claimed | TokenRefusal;
