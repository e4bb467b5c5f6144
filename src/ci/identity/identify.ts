import type { CiIssuer } from "../../domain/policy/policy.js";
import type { CiIdentity, Identified, TokenRefusal } from "../../usecases/ports/ci-identity.js";
import { readBuildkite } from "./claims/buildkite.js";
import { readCircleci } from "./claims/circleci.js";
import type { Claimed } from "./claims/claimed.js";
import { readGithub } from "./claims/github.js";
import { readGitlab } from "./claims/gitlab.js";
import { createKeyRing, type KeyRing, type KeyRingSettings } from "./keys/key-ring.js";
import { createSeenTokens } from "./seen-tokens.js";
import { readForm } from "./token-form.js";
import { audienceOf, CLOCK_TOLERANCE_S, type GenuineClaims, verifyToken } from "./verify-token.js";

/** Reads the tokens of pipelines, and keeps the keys of their issuers. */
export interface CiIdentities extends CiIdentity, Pick<KeyRing, "refreshDue" | "ages" | "trouble"> {}

/** Creates the reader of tokens. The policy in force is asked at each token, so that a changed `ci` counts at once. */
export function createCiIdentities(settings: KeyRingSettings): CiIdentities {
  const { policy } = settings;
  const keys = createKeyRing(settings);
  const seen = createSeenTokens();

  const refuse = (why: TokenRefusal): Identified => ({ ok: false, why });

  return {
    refreshDue: keys.refreshDue,
    ages: keys.ages,
    trouble: keys.trouble,
    identify: async (token, now) => {
      const form = readForm(token);
      if (typeof form === "string") return refuse(form);
      const entries = policy.current().policy.ci.issuers.filter(({ issuer }) => issuer === form.issuer);
      // Before any key is looked for: nothing is fetched for an issuer that only the token names.
      if (entries.length === 0) return refuse("unknown_issuer");
      const found = await keys.find(form.issuer, form.kid);
      if (typeof found === "string") return refuse(found);
      const genuine = await verifyToken(token, { key: found.key, issuer: form.issuer, now });
      if (typeof genuine === "string") return refuse(genuine);
      const audience = audienceOf(genuine.claims);
      const entry = entries.find((one) => one.audience === audience);
      if (entry === undefined) return refuse("wrong_audience");
      const claimed = readClaims(genuine.claims, entry);
      if (typeof claimed === "string") return refuse(claimed);
      const { issuer, provider, unprovenCommit } = entry;
      const endsAtMs = genuine.expiresAtS * 1000;
      const used = JSON.stringify([issuer, claimed.tokenId]);
      if (!seen.use(used, claimed.run, endsAtMs + CLOCK_TOLERANCE_S * 1000, now.getTime())) return refuse("replayed");
      const expiresAt = new Date(endsAtMs).toISOString();
      return { ok: true, identity: { provider, issuer, ...claimed, expiresAt, unprovenCommit } };
    },
  };
}

function readClaims(claims: GenuineClaims["claims"], entry: CiIssuer): Claimed | TokenRefusal {
  switch (entry.provider) {
    case "github":
      return readGithub(claims, entry);
    case "gitlab":
      return readGitlab(claims, entry);
    case "buildkite":
      return readBuildkite(claims, entry);
    case "circleci":
      return readCircleci(claims, entry);
  }
}
