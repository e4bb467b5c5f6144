import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type JWTHeaderParameters, SignJWT } from "jose";
import { type Claims, PROVIDERS, type Provider } from "./claims.js";
import { makeSigningKey, type SigningKey } from "./signing-keys.js";

/** How an issuer fails: closed connections, silence, or an answer in place of one of its documents. */
export type Outage =
  | "away"
  | "silent"
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly discovery?: unknown;
      readonly keys?: unknown;
    };

/** What a token differs in from one that the provider would make now. */
export interface Minting {
  /** Claims of the provider to replace; `undefined` takes one away. */
  readonly claims?: Claims;
  readonly audience?: string | readonly string[];
  readonly header?: Readonly<Record<string, unknown>>;
  /** Registered claims to replace, times in epoch seconds; `undefined` takes one away. */
  readonly registered?: Claims;
  readonly key?: SigningKey;
}

/**
 * A double of one provider's issuer: OpenID Connect discovery and a key set at their published paths, and tokens with the
 * provider's claims. Strict: another path is a 404, another method a 405, and nothing is cached.
 */
export interface Issuer {
  readonly provider: Provider;
  /** The `iss`. */
  readonly url: string;
  /** How often each document was asked for since the start. */
  readonly requests: { readonly discovery: number; readonly keys: number; readonly other: number };
  /** The key that signs now. */
  readonly key: SigningKey;
  /** A token of a job that runs at this moment, in epoch seconds. Each has a `jti` of its own. */
  mint(nowS: number, audience: string, minting?: Minting): Promise<string>;
  /** Signs with a new key from now on, which is published beside the old ones. */
  rotate(): Promise<SigningKey>;
  /** Publishes the key no longer. */
  withdraw(kid: string): void;
  /** Fails until it is called with `null`. */
  fail(outage: Outage | null): void;
  stop(): Promise<void>;
}

/** Opens an issuer on this machine. @param first the key that it signs with at first; a new one without */
export async function openIssuer(provider: Provider, first?: SigningKey): Promise<Issuer> {
  const { path, lifetimeS, claims: claimsOf } = PROVIDERS[provider];
  const requests = { discovery: 0, keys: 0, other: 0 };
  const published = new Map<string, SigningKey>();
  let outage: Outage | null = null;
  let minted = 0;
  let made = 0;

  const newKey = async (): Promise<SigningKey> => {
    made += 1;
    const key = await makeSigningKey(`${provider}-${made}`);
    published.set(key.kid, key);
    return key;
  };
  let current = first ?? (await newKey());
  published.set(current.kid, current);

  const documents = (): Readonly<Record<string, { readonly count: "discovery" | "keys"; readonly body: unknown }>> => ({
    [`${path}/.well-known/openid-configuration`]: {
      count: "discovery",
      body: {
        issuer: url,
        jwks_uri: `${url}/.well-known/jwks`,
        subject_types_supported: ["public"],
        response_types_supported: ["id_token"],
        id_token_signing_alg_values_supported: ["RS256"],
        scopes_supported: ["openid"],
      },
    },
    [`${path}/.well-known/jwks`]: {
      count: "keys",
      body: { keys: [...published.values()].map(({ publicJwk }) => publicJwk) },
    },
  });

  const server = createServer((request, response) => {
    const document = documents()[request.url ?? ""];
    requests[document?.count ?? "other"] += 1;
    if (outage === "silent") return;
    if (outage === "away") return void request.socket.destroy();
    if (document === undefined) return answer(response, 404, { error: "not_found" });
    if (request.method !== "GET") return answer(response, 405, { error: "method_not_allowed" });
    const instead = outage?.[document.count];
    answer(response, outage?.status ?? 200, instead ?? document.body, outage?.headers);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${path}`;

  return {
    provider,
    url,
    requests,
    get key() {
      return current;
    },
    mint: async (
      nowS,
      audience,
      { claims = {}, audience: other, header = {}, registered = {}, key = current } = {},
    ) => {
      minted += 1;
      const payload = {
        ...claimsOf(`${provider}-token-${minted}`, claims),
        iss: url,
        aud: other ?? audience,
        iat: nowS,
        nbf: nowS,
        exp: nowS + lifetimeS,
        ...registered,
      };
      const protectedHeader: JWTHeaderParameters = { alg: "RS256", typ: "JWT", kid: key.kid, ...header };
      return new SignJWT(withoutUndefined(payload)).setProtectedHeader(protectedHeader).sign(key.privateKey);
    },
    rotate: async () => {
      current = await newKey();
      return current;
    },
    withdraw: (kid) => void published.delete(kid),
    fail: (next) => {
      outage = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

const withoutUndefined = (claims: Claims): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
