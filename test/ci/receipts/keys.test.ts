import { createHash, generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { readReceiptKeys } from "../../../src/ci/receipts/keys.js";
import { keysIn, newPem } from "../../support/receipts/made.js";

test("the first key signs, and all are published under their RFC 7638 thumbprints, with nothing private", async () => {
  const [first, second, retired] = [newPem(), newPem(), newPem()];
  const { signing, published } = await keysIn(`# rotated in December\n${first.secret}${second.secret}${retired.open}`);
  expect(published.map(({ kid }) => kid)).toHaveLength(3);
  expect(signing.kid).toBe(published[0]?.kid);
  expect(signing.key.type).toBe("private");
  for (const { kid, x, ...rest } of published) {
    expect(rest).toEqual({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" });
    // RFC 7638, section 3: the required members in the order of their names, without spaces.
    expect(kid).toBe(createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest("base64url"));
  }
});

test("a key has the same id however it came into the file", async () => {
  const { secret, open } = newPem();
  const [private_, public_] = await Promise.all([keysIn(secret), keysIn(`${newPem().secret}${open}`)]);
  expect(public_.published[1]).toEqual(private_.published[0]);
});

const pemOf = (type: "rsa" | "x25519"): string => {
  const pair = type === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("x25519");
  return pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
};
const ecPem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "sec1", format: "pem" })
  .toString();
const good = newPem();

test.each<readonly [string, string, RegExp]>([
  ["an empty file", "", /holds no key; breakglass receipt key makes one/],
  ["words", "hello", /holds no key/],
  ["an RSA key", pemOf("rsa"), /key 1 in it is a key of rsa; expected Ed25519/],
  ["a key for key agreement", pemOf("x25519"), /is a key of x25519/],
  ["an old form", ecPem, /is a EC PRIVATE KEY; expected a PRIVATE KEY \(PKCS#8\)/],
  ["a broken key", good.secret.replace(/^M/m, "X"), /key 1 in it cannot be read as a key/],
  ["a public key first", `${good.open}${good.secret}`, /begins with a public key/],
  ["a key twice", `${good.secret}${good.open}`, /key 2 in it is one that stands further up/],
  ["a bad key after a good one", `${good.secret}${pemOf("rsa")}`, /key 2 in it is a key of rsa/],
  ["too many keys", Array.from({ length: 11 }, () => newPem().secret).join(""), /holds 11 keys; at most 10/],
])("%s is refused, and the fault does not repeat it", async (_what, pem, fault) => {
  const read = await readReceiptKeys(pem);
  if ("keys" in read) throw new Error("It was taken.");
  expect(read.faults.join("\n")).toMatch(fault);
  for (const line of pem.split("\n").filter((text) => text.length > 20 && !text.startsWith("-----")))
    expect(read.faults.join("\n")).not.toContain(line);
});
