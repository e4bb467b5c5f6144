import { exportJWK, generateKeyPair } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Issuer, type Outage, openIssuer } from "../../../demo/ci/issuer.js";
import { type KeysRead, readKeys } from "../../../src/ci/identity/keys/read-keys.js";
import { createOutbound } from "../../../src/lib/outbound.js";
import { Secret } from "../../../src/lib/secret.js";
import { openConnectProxy } from "../../support/outbound/connect-proxy.js";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await openIssuer("github");
});
afterEach(() => issuer.fail(null));
afterAll(() => issuer.stop());

const whyNot = (read: KeysRead): string | null => (read.ok ? null : read.why);

describe("the keys of an issuer are not read", () => {
  test.each([
    ["http_404", { status: 404 }],
    ["http_500", { status: 500 }],
    ["unreachable", "away"],
    ["discovery_malformed", { discovery: "<html>" }],
    ["discovery_malformed", { discovery: { issuer: 1 } }],
    ["discovery_malformed", { discovery: `{"issuer":"${"x".repeat(1_100_000)}"}` }],
    ["keys_malformed", { keys: "<html>" }],
    ["keys_malformed", { keys: { keys: "none" } }],
    ["keys_malformed", { keys: { keys: Array.from({ length: 51 }, () => ({})) } }],
  ] as const)("from an answer of this kind: %s", async (why, outage: Outage) => {
    issuer.fail(outage);
    expect(whyNot(await readKeys(issuer.url, fetch))).toBe(why);
  });

  test.each([301, 302, 307, 308])("from behind the redirect %i", async (status) => {
    const before = issuer.requests.other;
    issuer.fail({ status, headers: { location: `${issuer.url}/elsewhere` } });
    expect(whyNot(await readKeys(issuer.url, fetch))).toBe(`http_${status}`);
    expect(issuer.requests.other).toBe(before);
  });

  test("from a document that names another issuer", async () => {
    const jwks_uri = `${issuer.url}/.well-known/jwks`;
    for (const other of ["https://token.actions.githubusercontent.com", `${issuer.url}/`]) {
      issuer.fail({ discovery: { issuer: other, jwks_uri } });
      expect(whyNot(await readKeys(issuer.url, fetch))).toBe("discovery_of_another_issuer");
    }
  });

  test.each(["http://issuer.example.com/jwks", "file:///etc/passwd", "jwks", "ftp://127.0.0.1/jwks"])(
    "from the address %s",
    async (jwks_uri) => {
      issuer.fail({ discovery: { issuer: issuer.url, jwks_uri } });
      expect(whyNot(await readKeys(issuer.url, fetch))).toBe("keys_at_unsafe_address");
    },
  );

  test("from this machine, where the issuer is not on it", async () => {
    const remote = "https://issuer.test";
    const body = JSON.stringify({ issuer: remote, jwks_uri: `${issuer.url}/.well-known/jwks` });
    const before = issuer.requests.keys;
    expect(whyNot(await readKeys(remote, async () => new Response(body)))).toBe("keys_at_unsafe_address");
    expect(issuer.requests.keys).toBe(before);
  });
});

describe("of the keys of an issuer", () => {
  const idsOf = async (keys: readonly unknown[]): Promise<readonly string[]> => {
    issuer.fail({ keys: { keys } });
    const read = await readKeys(issuer.url, fetch);
    return read.ok ? [...read.keys.keys()] : [read.why];
  };

  test("those for RS256 are used, also where they do not say what they are for", async () => {
    const { publicJwk } = issuer.key;
    const { use: _use, alg: _alg, ...plain } = publicJwk;
    expect(await idsOf([publicJwk, { ...plain, kid: "plain" }])).toEqual([issuer.key.kid, "plain"]);
  });

  test("no others are", async () => {
    const { publicJwk } = issuer.key;
    const short = await exportJWK((await generateKeyPair("ES256", { extractable: true })).publicKey);
    expect(
      await idsOf([
        { ...publicJwk, kid: undefined },
        { ...publicJwk, kid: "" },
        { ...publicJwk, kid: "encrypts", use: "enc" },
        { ...publicJwk, kid: "other", alg: "RS512" },
        { ...publicJwk, kid: "pss", alg: "PS256" },
        { ...publicJwk, kid: "weak", n: publicJwk.n?.slice(0, 171) },
        { ...publicJwk, kid: "broken", e: "" },
        { ...publicJwk, kid: "small", e: "Aw" },
        { ...short, kid: "curve" },
        { kty: "oct", k: "c2VjcmV0", kid: "secret" },
        "a text",
        null,
      ]),
    ).toEqual([]);
  });

  test("two of one id are both left out: nobody could say which is meant", async () => {
    const { publicJwk } = issuer.key;
    expect(await idsOf([publicJwk, { ...publicJwk }, { ...publicJwk, kid: "alone" }])).toEqual(["alone"]);
  });
});

test("an issuer that does not answer is given up on", async () => {
  issuer.fail("silent");
  expect(whyNot(await readKeys(issuer.url, fetch))).toBe("timed_out");
});

test("keys are read through the proxy of the environment", async () => {
  const proxy = await openConnectProxy(() => null);
  const config = { https: new Secret(`http://${proxy.address}`), http: null, except: [] };
  const out = createOutbound(config, { warn: () => {}, info: () => {} }, () => "");
  const read = await readKeys("https://issuer.test", out.fetch);
  await proxy.stop();
  expect(whyNot(read)).toBe("unreachable");
  expect(proxy.tunnels).toMatchObject([{ host: "issuer.test", port: 443 }]);
});
