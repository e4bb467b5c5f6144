import { createPublicKey, verify } from "node:crypto";
import { createLocalJWKSet, jwtVerify } from "jose";
import { beforeAll, expect, test } from "vitest";
import { verifyReceipt } from "../../../src/ci/receipts/verify-receipt.js";
import type { ReceiptSigner } from "../../../src/usecases/ports/receipts.js";
import { AT, FACTS, ISSUER, NOW, newPem, signerWith, TIMES } from "../../support/receipts/made.js";

let signer: ReceiptSigner;
let keys: { keys: { kty: "OKP"; crv: "Ed25519"; x: string; kid: string }[] };
beforeAll(async () => {
  signer = await signerWith(newPem().secret);
  keys = { keys: [...signer.jwks().keys] };
});

test("a receipt is verified by hand, with nothing but node:crypto and RFC 7515", async () => {
  const receipt = await signer.sign(FACTS, TIMES);
  const [header = "", payload = "", signature = ""] = receipt.split(".");
  const { kid, ...rest } = JSON.parse(Buffer.from(header, "base64url").toString());
  expect(rest).toEqual({ alg: "EdDSA", typ: "breakglass-receipt+jwt" });
  const key = keys.keys.find((one) => one.kid === kid);
  if (key === undefined) throw new Error("Its key is not published.");
  const signed = Buffer.from(`${header}.${payload}`);
  const jwk = createPublicKey({ key: { ...key }, format: "jwk" });
  expect(verify(null, signed, jwk, Buffer.from(signature, "base64url"))).toBe(true);
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toEqual({
    iss: ISSUER,
    aud: "breakglass-receipt",
    sub: "BG-42",
    iat: AT,
    exp: AT + 600,
    jti: expect.stringMatching(/^receipt-\d+$/),
    ...FACTS,
  });
});

test("a receipt is verified by a JWT library with the usual options", async () => {
  const receipt = await signer.sign(FACTS, TIMES);
  const options = { issuer: ISSUER, audience: "breakglass-receipt", typ: "breakglass-receipt+jwt" };
  const set = createLocalJWKSet(keys);
  const { payload } = await jwtVerify(receipt, set, { ...options, currentDate: new Date(NOW + 599_000) });
  expect(payload.sub).toBe("BG-42");
  await expect(jwtVerify(receipt, set, { ...options, currentDate: new Date(NOW + 600_000) })).rejects.toThrow(/exp/);
});

test("a receipt ends with its grant, and one of the grant's last second has ended already", async () => {
  const ofLastMinute = await signer.sign(FACTS, { now: NOW, grantEnds: NOW + 59_900 });
  expect(await verifyReceipt(ofLastMinute, keys, AT + 58)).toMatchObject({ ok: true, claims: { exp: AT + 59 } });
  expect(await verifyReceipt(ofLastMinute, keys, AT + 59)).toMatchObject({ ok: false });
  const ofLastMoment = await signer.sign(FACTS, { now: NOW + 100, grantEnds: NOW + 900 });
  expect(await verifyReceipt(ofLastMoment, keys, AT)).toMatchObject({
    ok: false,
    problem: expect.stringContaining("it had ended"),
  });
});

test("two receipts for one yes have ids of their own", async () => {
  const ids = await Promise.all(
    [1, 2].map(async () => {
      const verdict = await verifyReceipt(await signer.sign(FACTS, TIMES), keys, AT);
      return verdict.claims?.jti;
    }),
  );
  expect(new Set(ids).size).toBe(2);
});

test("facts that are none are not signed", async () => {
  await expect(async () => signer.sign({ ...FACTS, commit: "main" }, TIMES)).rejects.toThrow(/commit/);
});
