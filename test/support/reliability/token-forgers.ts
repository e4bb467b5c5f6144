import { createPublicKey, type KeyObject } from "node:crypto";
import type { Claims, Provider } from "../../../demo/ci/claims.js";
import type { SigningKey } from "../../../demo/ci/signing-keys.js";
import type { Dice } from "./seed.js";
import { joined, privateKeyOf, signed, signedBySecret, type strangersKeys, type TokenParts } from "./token-signing.js";

/** What a forger may use: a genuine token, and more than any attacker has. */
export interface Seen {
  readonly provider: Provider;
  /** A genuine token, and its parts. */
  readonly token: string;
  readonly parts: TokenParts;
  /** The issuer's own key, for tokens that are genuine but for one thing. */
  readonly key: SigningKey;
  readonly own: KeyObject;
  /** A key of this issuer that it publishes no longer, and the key of another issuer of the policy. */
  readonly withdrawn: SigningKey;
  readonly foreign: SigningKey;
  readonly stranger: ReturnType<typeof strangersKeys>;
}

/** Forges a token. None of them may ever be accepted. */
export type TokenForger = (seen: Seen, dice: Dice) => string;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const letter = (dice: Dice): string => LETTERS.charAt(dice.below(64));
const bytes = (dice: Dice, count: number): Buffer => Buffer.from(Array.from({ length: count }, () => dice.below(256)));

/** Replaces one random letter of a text by another one. */
function altered(text: string, dice: Dice): string {
  const at = dice.below(text.length);
  let other = letter(dice);
  while (other === text.charAt(at)) other = letter(dice);
  return text.slice(0, at) + other + text.slice(at + 1);
}

/** With the issuer's own signature over other claims. */
const withClaims =
  (change: (claims: Claims, dice: Dice, seen: Seen) => Claims): TokenForger =>
  (seen, dice) => {
    const claims = { ...seen.parts.claims, ...change(seen.parts.claims, dice, seen) };
    return signed({ header: seen.parts.header, claims }, "RS256", seen.own);
  };

/** With the issuer's own signature over another header. */
const withHeader =
  (change: (dice: Dice, seen: Seen) => Claims): TokenForger =>
  (seen, dice) =>
    signed({ header: { ...seen.parts.header, ...change(dice, seen) }, claims: seen.parts.claims }, "RS256", seen.own);

const withSignature =
  (change: (signature: string, dice: Dice) => string): TokenForger =>
  ({ parts }, dice) =>
    joined({ ...parts, signature: change(parts.signature, dice) });

/** Other claims under the old signature. */
const underOldSignature =
  (change: (claims: Claims, dice: Dice) => Claims): TokenForger =>
  ({ parts }, dice) =>
    joined({ ...parts, claims: { ...parts.claims, ...change(parts.claims, dice) } });

const bySecret =
  (secretOf: (seen: Seen) => string | Buffer): TokenForger =>
  (seen, dice) => {
    const [alg, hash] = dice.pick<readonly [string, "sha256" | "sha384" | "sha512"]>([
      ["HS256", "sha256"],
      ["HS384", "sha384"],
      ["HS512", "sha512"],
    ]);
    return signedBySecret({ header: { ...seen.parts.header, alg }, claims: seen.parts.claims }, hash, secretOf(seen));
  };

const publicKeyOf = ({ own }: Seen): KeyObject => createPublicKey(own);
const iatOf = (claims: Claims): number => Number(claims.iat);

/** What each provider's token is changed to, so that the policy does not bind it or a rule shuts it out. */
const SHUT_OUT: Readonly<Record<Provider, readonly [Claims, ...Claims[]]>> = {
  github: [
    { repository_id: "1" },
    { repository_owner_id: "1" },
    { event_name: "pull_request_target" },
    { event_name: "workflow_run" },
    { repository_id: 70_107_786 },
  ],
  gitlab: [
    { project_id: "1" },
    { job_project_id: "1" },
    { project_id: "1", job_project_id: "1" },
    { project_id: null },
  ],
  buildkite: [{ organization_id: "00000000-0000-4000-8000-000000000001" }, { organization_id: "acme" }],
  circleci: [
    { "oidc.circleci.com/project-id": "00000000-0000-4000-8000-000000000001" },
    { "oidc.circleci.com/ssh-rerun": true },
    { "oidc.circleci.com/vcs-origin": "github.com/evil/payments-api" },
    { "oidc.circleci.com/vcs-ref": "refs/heads/pull/7" },
  ],
};

/** The claims of another run under the id of this token. CircleCI's id holds the run's, so it is a person's job there. */
const OTHER_RUN: Readonly<Record<Provider, (dice: Dice) => Claims>> = {
  github: (dice) => ({ run_id: `${1 + dice.below(10 ** 9)}` }),
  gitlab: (dice) => ({ pipeline_id: `${1_000 + dice.below(10 ** 9)}` }),
  buildkite: (dice) => ({ build_number: 1_000 + dice.below(10 ** 9) }),
  circleci: () => ({ "oidc.circleci.com/ssh-rerun": true }),
};

export const TOKEN_FORGERS: Readonly<Record<string, TokenForger>> = {
  "a signature made up": withSignature((_signature, dice) => bytes(dice, 256).toString("base64url")),
  "a signature bent": withSignature(altered),
  "a signature cut": withSignature((signature, dice) => signature.slice(0, dice.below(signature.length))),
  "a signature drawn out": withSignature((signature, dice) => signature + letter(dice)),
  "a signature with padding": withSignature((signature) => `${signature}==`),
  "no signature": withSignature(() => ""),
  "any letter changed": ({ token }, dice) => altered(token, dice),
  "cut anywhere": ({ token }, dice) => token.slice(0, dice.below(token.length)),
  "without its beginning": ({ token }, dice) => token.slice(1 + dice.below(token.length - 1)),
  "in other letters": ({ token }, dice) => (dice.below(2) === 0 ? token.toUpperCase() : token.toLowerCase()),
  "with a space": ({ token }, dice) => dice.pick([` ${token}`, `${token} `, `${token}\n`, token.replace(".", " .")]),
  "two of them": ({ token }, dice) => dice.pick([`${token},${token}`, `${token}.${token}`, token + token]),
  "claims changed under the old signature": underOldSignature((claims, dice) =>
    dice.pick<Claims>([
      { exp: Number(claims.exp) + 1 },
      { iat: iatOf(claims) + 1 },
      { jti: `made-up-${dice.below(10 ** 9)}` },
      { sha: "0".repeat(40) },
      { admin: true },
    ]),
  ),
  "another key id": ({ parts }, dice) =>
    joined({ ...parts, header: { ...parts.header, kid: `k${dice.below(10 ** 6)}` } }),
  "no algorithm, unsigned": ({ parts }, dice) =>
    joined({
      ...parts,
      header: { ...parts.header, alg: dice.pick(["none", "None", "NONE", "nOnE", ""]) },
      signature: dice.pick(["", parts.signature]),
    }),
  "HMAC with the public key as PEM": bySecret((seen) => publicKeyOf(seen).export({ type: "spki", format: "pem" })),
  "HMAC with the public key as DER": bySecret((seen) => publicKeyOf(seen).export({ type: "spki", format: "der" })),
  "HMAC with the public key as JWK": bySecret(({ key }) => JSON.stringify(key.publicJwk)),
  "HMAC with the modulus": bySecret(({ key }) => Buffer.from(key.publicJwk.n ?? "", "base64url")),
  "HMAC with nothing": bySecret(() => ""),
  "another RSA algorithm, by the issuer's key": ({ parts, own }, dice) => {
    const alg = dice.pick(["RS384", "RS512", "PS256", "PS512"] as const);
    return signed({ header: { ...parts.header, alg }, claims: parts.claims }, alg, own);
  },
  "another RSA algorithm under the name of RS256": ({ parts, own }, dice) =>
    signed(parts, dice.pick(["RS384", "RS512", "PS256", "PS512"] as const), own),
  "an elliptic curve": ({ parts, stranger }) =>
    signed({ header: { ...parts.header, alg: "ES256" }, claims: parts.claims }, "ES256", stranger.curve.privateKey),
  Ed25519: ({ parts, stranger }) =>
    signed({ header: { ...parts.header, alg: "EdDSA" }, claims: parts.claims }, "EdDSA", stranger.edwards.privateKey),
  "a stranger's key under the issuer's id": ({ parts, stranger }) => signed(parts, "RS256", stranger.rsa.privateKey),
  "a stranger's key that comes with the token": ({ parts, stranger }, dice) => {
    const jwk = stranger.rsa.publicKey.export({ format: "jwk" });
    const more = dice.pick<Claims>([{ jwk }, { jku: "http://127.0.0.1:1/jwks" }, { x5u: "http://127.0.0.1:1/cert" }]);
    return signed({ header: { ...parts.header, ...more }, claims: parts.claims }, "RS256", stranger.rsa.privateKey);
  },
  "another issuer's key": ({ parts, foreign }, dice) => {
    const kid = dice.pick([foreign.kid, parts.header.kid]);
    return signed({ header: { ...parts.header, kid }, claims: parts.claims }, "RS256", privateKeyOf(foreign));
  },
  "a withdrawn key": ({ parts, withdrawn }) =>
    signed({ header: { ...parts.header, kid: withdrawn.kid }, claims: parts.claims }, "RS256", privateKeyOf(withdrawn)),
  "without a key id": withHeader((dice) => ({ kid: dice.pick([undefined, "", null, 1]) })),
  "of another type": withHeader((dice) =>
    dice.pick<Claims>([{ typ: "at+jwt" }, { typ: 1 }, { cty: "JWT" }, { crit: ["exp"] }]),
  ),
  expired: withClaims((claims, dice) => {
    const exp = iatOf(claims) - 30 - dice.below(10 ** 8);
    return { exp, iat: exp - 300, nbf: exp - 300 };
  }),
  "too old for any end": withClaims((claims, dice) => {
    const iat = iatOf(claims) - 3_631 - dice.below(10 ** 8);
    return { iat, nbf: iat, exp: iatOf(claims) + 10 ** 6 };
  }),
  "not valid yet": withClaims((claims, dice) => {
    const later = iatOf(claims) + 31 + dice.below(10 ** 8);
    return dice.pick([
      { iat: later, exp: later + 300 },
      { nbf: later, exp: later + 300 },
    ]);
  }),
  "without its times": withClaims((_claims, dice) =>
    dice.pick<Claims>([{ exp: undefined }, { iat: undefined }, { exp: null }, { exp: "never" }, { iat: "0" }]),
  ),
  "for somebody else": withClaims((claims, dice) =>
    dice.pick([
      { aud: "elsewhere" },
      { aud: [claims.aud, "elsewhere"] },
      { aud: ["elsewhere", claims.aud] },
      { aud: [] },
      { aud: `${String(claims.aud)} ` },
      { aud: undefined },
    ]),
  ),
  "of an issuer that the policy does not name": withClaims((claims, dice) => {
    const iss = String(claims.iss);
    return {
      iss: dice.pick([`${iss}/`, `${iss}x`, iss.replace("http:", "https:"), "https://evil.example.com", [iss], null]),
    };
  }),
  "of what the policy does not bind": withClaims((_claims, dice, { provider }) => dice.pick(SHUT_OUT[provider])),
  "replayed from another run": withClaims((_claims, dice, { provider }) => OTHER_RUN[provider](dice)),
  "nested in another one": ({ token, parts, own }, dice) =>
    dice.pick([
      signed({ header: { ...parts.header, cty: "JWT" }, claims: { token } }, "RS256", own),
      signed({ header: parts.header, claims: { ...parts.claims, iss: undefined, token } }, "RS256", own),
      Buffer.from(token).toString("base64url"),
    ]),
  "in JSON": ({ token, parts }, dice) => {
    const [protectedHeader, payload] = token.split(".");
    const flat = { protected: protectedHeader, payload, signature: parts.signature };
    return JSON.stringify(dice.pick<unknown>([flat, { payload, signatures: [flat] }, token, [token]]));
  },
  "as an encrypted one": ({ token }, dice) => `${token}.${bytes(dice, 12).toString("base64url")}.${letter(dice)}`,
};
