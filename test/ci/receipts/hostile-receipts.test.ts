import { createHmac, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { keySet, verifyReceipt } from "../../../src/ci/receipts/verify-receipt.js";
import { AT, FACTS, keysIn, newPem, signerWith, TIMES } from "../../support/receipts/made.js";

const mine = newPem();
const theirs = newPem();

let receipt: string;
let keys: ReturnType<typeof keySet.parse>;
let header: Record<string, unknown>;
let claims: Record<string, unknown>;
let theirKid: string;

beforeAll(async () => {
  const signer = await signerWith(mine.secret);
  keys = keySet.parse(signer.jwks());
  receipt = await signer.sign(FACTS, TIMES);
  const [head = "", body = ""] = receipt.split(".");
  header = JSON.parse(Buffer.from(head, "base64url").toString());
  claims = JSON.parse(Buffer.from(body, "base64url").toString());
  theirKid = (await keysIn(theirs.secret)).signing.kid;
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A JWT of these parts, signed with EdDSA. */
function signed(head: object, body: object, pem: string): string {
  const text = `${encode(head)}.${encode(body)}`;
  return `${text}.${sign(null, Buffer.from(text), createPrivateKey(pem)).toString("base64url")}`;
}

const wrong = (problem: RegExp) => ({ ok: false, claims: null, problem: expect.stringMatching(problem) });
const verified = (jwt: string, at = AT) => verifyReceipt(jwt, keys, at);

test("the receipt that the others are made of is fine", async () => {
  expect(await verified(receipt)).toMatchObject({ ok: true, kid: header.kid });
  expect(await verified(signed(header, claims, mine.secret))).toMatchObject({ ok: true });
});

describe("what is no receipt of ours shows no claims", () => {
  test("algorithm none, with and without a signature", async () => {
    const [, body, signature] = receipt.split(".");
    for (const alg of ["none", "None", "NONE"])
      for (const tail of ["", signature])
        expect(await verified(`${encode({ ...header, alg })}.${body}.${tail}`)).toEqual(wrong(/header/));
  });

  test("HS256 with the public key as its secret, in each form somebody might take for it", async () => {
    const [, body] = receipt.split(".");
    const x = keys.keys[0]?.x ?? "";
    const text = `${encode({ ...header, alg: "HS256" })}.${body}`;
    for (const secret of [x, Buffer.from(x, "base64url"), mine.open, JSON.stringify(keys.keys[0])]) {
      const mac = createHmac("sha256", secret).update(text).digest("base64url");
      expect(await verified(`${text}.${mac}`)).toEqual(wrong(/header/));
    }
  });

  test("another key: under its own id, and under ours", async () => {
    expect(await verified(signed({ ...header, kid: theirKid }, claims, theirs.secret))).toEqual(
      wrong(/none of the keys/),
    );
    expect(await verified(signed(header, claims, theirs.secret))).toEqual(wrong(/signature is wrong/));
  });

  test("a key or an address of its own in the header, which is never used", async () => {
    const jwk = createPublicKey(theirs.open).export({ format: "jwk" });
    for (const extra of [
      { jwk },
      { jku: "https://evil.example.com/jwks.json" },
      { x5u: "https://evil.example.com/chain.pem" },
      { x5c: ["MIIB"] },
      { crit: ["exp"] },
      { b64: false, crit: ["b64"] },
    ])
      for (const kid of [theirKid, header.kid])
        expect(await verified(signed({ ...header, kid, ...extra }, claims, theirs.secret))).toEqual(wrong(/header/));
  });

  test("no key id, or one of another form", async () => {
    for (const kid of [undefined, "", "1", 7, `${header.kid}=`])
      expect(await verified(signed({ ...header, kid }, claims, mine.secret))).toEqual(wrong(/header is not .* kid/));
  });

  test("another type, such as a token for logging in that the same key signed", async () => {
    for (const typ of [undefined, "JWT", "at+jwt", "breakglass-receipt"])
      expect(await verified(signed({ ...header, typ }, claims, mine.secret))).toEqual(wrong(/header is not .* typ/));
  });

  test("each claim changed after signing", async () => {
    const [head, , signature] = receipt.split(".");
    for (const name of Object.keys(claims)) {
      const changed = { ...claims, [name]: typeof claims[name] === "number" ? Number(claims[name]) + 1 : "x" };
      expect(await verified(`${head}.${encode(changed)}.${signature}`), name).toEqual(wrong(/signature is wrong/));
    }
  });

  test("one bit changed anywhere in the signature or the payload", async () => {
    const [head = "", body = "", signature = ""] = receipt.split(".");
    for (const [part, name] of [
      [body, "payload"],
      [signature, "signature"],
    ] as const)
      for (let at = 0; at < part.length - 1; at += 7) {
        const other = part[at] === "A" ? "B" : "A";
        const changed = `${part.slice(0, at)}${other}${part.slice(at + 1)}`;
        const jwt = name === "payload" ? `${head}.${changed}.${signature}` : `${head}.${body}.${changed}`;
        expect((await verified(jwt)).ok, `${name} at ${at}`).toBe(false);
      }
  });

  test("what is no JWT, or longer than any receipt", async () => {
    for (const text of ["", ".", "..", "a.b.c", "{}", `${receipt}.`, "\u001b[2K", receipt.replace(".", "")])
      expect((await verified(text)).ok, text).toBe(false);
    expect(await verified(`${receipt}${"A".repeat(9_000)}`)).toEqual(wrong(/longer/));
  });
});

describe("what the key signed but is no receipt", () => {
  test("a claim is missing or of another form", async () => {
    for (const name of Object.keys(claims)) {
      const { [name]: _left, ...others } = claims;
      const verdict = await verified(signed(header, others, mine.secret));
      expect(verdict, name).toEqual(wrong(new RegExp(`claims are not those of a receipt: .*\\b${name}\\b`)));
    }
    for (const other of [{ aud: ["breakglass-receipt"] }, { sub: "BG-43" }, { exp: AT + 601 }, { exp: AT - 1 }])
      expect(await verified(signed(header, { ...claims, ...other }, mine.secret))).toEqual(wrong(/claims are not/));
  });

  test("a payload that is no JSON", async () => {
    const text = `${encode(header)}.${Buffer.from("{").toString("base64url")}`;
    const jwt = `${text}.${sign(null, Buffer.from(text), createPrivateKey(mine.secret)).toString("base64url")}`;
    expect(await verified(jwt)).toEqual(wrong(/claims are not/));
  });
});

describe("the time of a receipt", () => {
  test("counts to the second: valid before its end, and not at it", async () => {
    expect(await verified(receipt, AT + 599)).toMatchObject({ ok: true });
    expect(await verified(receipt, AT + 600)).toMatchObject({
      ok: false,
      problem: "it had ended: it was valid from 2026-12-01T03:12:00Z to 2026-12-01T03:22:00Z",
      claims: { grant: "BG-42" },
    });
  });

  test("may be a minute ahead of the verifier's clock, and not more", async () => {
    expect(await verified(receipt, AT - 60)).toMatchObject({ ok: true });
    expect(await verified(receipt, AT - 61)).toMatchObject({ ok: false, problem: expect.stringContaining("future") });
  });
});

test("keys of other kinds in the set are left out, and two keys with one id verify nothing", async () => {
  const [own] = keys.keys;
  const mixed = keySet.parse({ keys: [{ kty: "oct", k: "c2VjcmV0", kid: header.kid }, null, 7, own] });
  expect(await verifyReceipt(receipt, mixed, AT)).toMatchObject({ ok: true });
  const other = keySet.parse({
    keys: [own, { ...createPublicKey(theirs.open).export({ format: "jwk" }), kid: header.kid }],
  });
  expect(await verifyReceipt(receipt, other, AT)).toEqual(wrong(/could not be verified/));
});
