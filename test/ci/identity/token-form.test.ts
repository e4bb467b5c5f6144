import { describe, expect, test } from "vitest";
import { readForm } from "../../../src/ci/identity/token-form.js";

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const HEADER = { alg: "RS256", typ: "JWT", kid: "k" };
const CLAIMS = { iss: "https://issuer.test" };
const SIGNATURE = Buffer.alloc(256, 7).toString("base64url");
const token = (header: unknown = HEADER, claims: unknown = CLAIMS, signature = SIGNATURE): string =>
  `${part(header)}.${part(claims)}.${signature}`;

describe("the form of a token", () => {
  test("says which key of which issuer has signed it", () => {
    expect(readForm(token())).toEqual({ kid: "k", issuer: "https://issuer.test" });
    expect(readForm(token({ ...HEADER, typ: undefined }))).toEqual({ kid: "k", issuer: "https://issuer.test" });
  });

  test.each(["none", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", "", null, undefined, ["RS256"]])(
    "is not believed with the algorithm %j",
    (alg) => {
      expect(readForm(token({ ...HEADER, alg }))).toBe("wrong_algorithm");
    },
  );

  test("is not believed without an algorithm even if nothing is signed", () => {
    expect(readForm(`${part({ alg: "none" })}.${part(CLAIMS)}.`)).toBe("wrong_algorithm");
  });

  test.each([
    ["nothing", ""],
    ["a word", "breakglass"],
    ["two parts", `${part(HEADER)}.${part(CLAIMS)}`],
    ["no signature", `${part(HEADER)}.${part(CLAIMS)}.`],
    ["five parts, as an encrypted token", `${token()}.a.b`],
    ["padding", `${token()}==`],
    ["a second spelling of the last byte", `${token().slice(0, -1)}${token().endsWith("w") ? "x" : "w"}`],
    ["letters of plain base64", token().replace(/.$/, "+")],
    ["a space before it", ` ${token()}`],
    ["a line end behind it", `${token()}\n`],
    ["a header that is a list", token([HEADER])],
    ["claims that are a text", token(HEADER, "claims")],
    ["claims that are null", token(HEADER, null)],
    ["a header that is no JSON", `${Buffer.from("{").toString("base64url")}.${part(CLAIMS)}.${SIGNATURE}`],
    ["a header that is no UTF-8", `${Buffer.from([0xc3, 0x28]).toString("base64url")}.${part(CLAIMS)}.${SIGNATURE}`],
    ["a critical extension", token({ ...HEADER, crit: ["exp"], exp: 1 })],
    ["an unencoded payload", token({ ...HEADER, b64: false, crit: ["b64"] })],
    ["more than 16 KiB", token(HEADER, { ...CLAIMS, more: "x".repeat(16 * 1024) })],
  ])("is malformed with %s", (_what, text) => {
    expect(readForm(text)).toBe("malformed");
  });
});
