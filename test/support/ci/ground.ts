import type { Provider } from "../../../demo/ci/claims.js";
import { IDS } from "../../../demo/ci/claims.js";
import { type Issuer, type Minting, openIssuer } from "../../../demo/ci/issuer.js";
import { makeSigningKey, type SigningKey } from "../../../demo/ci/signing-keys.js";
import { type CiIdentities, createCiIdentities } from "../../../src/ci/identity/identify.js";
import type { Identified } from "../../../src/usecases/ports/ci-identity.js";
import { SOUND, soundPolicy } from "../../domain/policy/fixtures.js";

export const ALL_PROVIDERS = ["github", "gitlab", "buildkite", "circleci"] as const;

/** The audience that the tests' policy names. */
export const AUDIENCE = "breakglass";

/** Four issuers on this machine, a policy that binds them, and a reader of tokens whose clock the test moves. */
export interface CiGround {
  readonly issuers: Readonly<Record<Provider, Issuer>>;
  readonly identities: CiIdentities;
  /** Lines of the log, by event. */
  readonly logged: readonly { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];
  /** The moment of the moved clock, in epoch seconds. */
  nowS(): number;
  advance(seconds: number): void;
  /** A token of this provider, made now. */
  mint(provider: Provider, minting?: Minting): Promise<string>;
  identify(token: string): Promise<Identified>;
  /** Puts another text under `ci:` in force. */
  change(ci: (text: string) => string): void;
  stop(): Promise<void>;
}

/** The key of each issuer. Making them takes longer than most tests, so that a suite may make them once. */
export type GroundKeys = Readonly<Record<Provider, SigningKey>>;

export async function makeGroundKeys(): Promise<GroundKeys> {
  const [github, gitlab, buildkite, circleci] = await Promise.all([
    makeSigningKey("github-0"),
    makeSigningKey("gitlab-0"),
    makeSigningKey("buildkite-0"),
    makeSigningKey("circleci-0"),
  ]);
  return { github, gitlab, buildkite, circleci };
}

export async function openCiGround(keys?: GroundKeys): Promise<CiGround> {
  const [github, gitlab, buildkite, circleci] = await Promise.all([
    openIssuer("github", keys?.github),
    openIssuer("gitlab", keys?.gitlab),
    openIssuer("buildkite", keys?.buildkite),
    openIssuer("circleci", keys?.circleci),
  ]);
  const issuers = { github, gitlab, buildkite, circleci };
  const text = policyText(issuers);
  let inForce = { policy: soundPolicy(SOUND + text), hash: "0".repeat(64) };
  let ms = 1_790_000_000_000;
  const logged: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const write = (event: string, fields = {}): void => void logged.push({ event, fields });
  const identities = createCiIdentities({
    policy: { current: () => inForce },
    fetch: globalThis.fetch,
    log: { debug: write, info: write, warn: write, error: write },
    nowMs: () => ms,
  });
  const nowS = (): number => Math.floor(ms / 1000);
  return {
    issuers,
    identities,
    logged,
    nowS,
    advance: (seconds) => {
      ms += seconds * 1000;
    },
    mint: (provider, minting) => issuers[provider].mint(nowS(), AUDIENCE, minting),
    identify: (token) => identities.identify(token, new Date(ms)),
    change: (ci) => {
      inForce = { policy: soundPolicy(SOUND + ci(text)), hash: "1".repeat(64) };
    },
    stop: async () => {
      await Promise.all(Object.values(issuers).map((issuer) => issuer.stop()));
    },
  };
}

function policyText({ github, gitlab, buildkite, circleci }: CiGround["issuers"]): string {
  return `ci:
  issuers:
    - provider: github
      issuer: ${github.url}
      audience: ${AUDIENCE}
      repositories: [{ id: "${IDS.github.repository}", owner_id: "${IDS.github.owner}" }]
    - provider: gitlab
      issuer: ${gitlab.url}
      audience: ${AUDIENCE}
      projects: ["${IDS.gitlab.project}"]
    - provider: buildkite
      issuer: ${buildkite.url}
      audience: ${AUDIENCE}
      organization: ${IDS.buildkite.organization}
    - provider: circleci
      issuer: ${circleci.url}
      audience: ${AUDIENCE}
      unproven_commit: open
      organization: ${IDS.circleci.organization}
      projects: [${IDS.circleci.project}]
      vcs_origins: [github.com/acme/payments-api]
`;
}
