import type { Claims, Provider } from "../../../demo/ci/claims.js";
import { type CiIdentityHarness, ciIdentityContract } from "../../contract/ci-identity.js";
import { ALL_PROVIDERS, openCiGround } from "../../support/ci/ground.js";

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** The claims by which each provider names a run and a token. */
const OF: Readonly<Record<Provider, (run: number, token: number) => Claims>> = {
  github: (run, token) => ({ run_id: `${1_000 + run}`, jti: `token-${token}` }),
  gitlab: (run, token) => ({ pipeline_id: `${1_000 + run}`, jti: `token-${token}` }),
  buildkite: (run, token) => ({ build_number: 1_000 + run, jti: `token-${token}` }),
  circleci: (run, token) => ({
    "oidc.circleci.com/workflow-id": uuid(run),
    "oidc.circleci.com/job-id": uuid(token),
  }),
};

async function start(provider: Provider): Promise<CiIdentityHarness> {
  const ground = await openCiGround();
  return {
    reader: ground.identities,
    now: () => new Date(ground.nowS() * 1000),
    advance: ground.advance,
    token: ({ run, token }) => ground.mint(provider, { claims: OF[provider](run, token) }),
    stop: ground.stop,
  };
}

for (const provider of ALL_PROVIDERS)
  ciIdentityContract(`the reader of ${provider} tokens`, provider, () => start(provider));
