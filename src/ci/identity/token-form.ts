import type { TokenRefusal } from "../../usecases/ports/ci-identity.js";

/** What is read of a token before anything in it is believed. */
export interface TokenForm {
  readonly kid: string;
  /** Says only where to look: which issuer's keys, and which entries of the policy. */
  readonly issuer: string;
}

/** Larger than any token of the four providers, and small enough that decoding one costs nothing. */
const MAX_CHARACTERS = 16 * 1024;
const MAX_KID = 200;

/**
 * Reads the form of a token: three parts of base64url in their one spelling, a header that names RS256 and a key, and no
 * extension that a reader would have to understand (`crit`, a nested or an encrypted token).
 */
export function readForm(token: string): TokenForm | TokenRefusal {
  if (token.length > MAX_CHARACTERS) return "malformed";
  const parts = token.split(".");
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined)
    return "malformed";
  const head = jsonObject(header);
  const claims = jsonObject(payload);
  if (head === null || claims === null) return "malformed";
  // Before the signature is looked at: `none` has none.
  if (head.alg !== "RS256") return "wrong_algorithm";
  if (signature === "" || decoded(signature) === null) return "malformed";
  if ("crit" in head || "cty" in head || "b64" in head || !isJwt(head.typ)) return "malformed";
  if (typeof head.kid !== "string" || head.kid === "" || head.kid.length > MAX_KID) return "no_kid";
  if (typeof claims.iss !== "string") return "unknown_issuer";
  return { kid: head.kid, issuer: claims.iss };
}

/** `typ` may be left out (RFC 7519, 5.1); where it is given, it is no other kind of token. */
const isJwt = (typ: unknown): boolean => typ === undefined || (typeof typ === "string" && typ.toUpperCase() === "JWT");

function jsonObject(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = decoded(part);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : null;
  } catch {
    return null;
  }
}

/** Refuses a second spelling of the same bytes (padding, unused bits, other letters): one token has one text. */
function decoded(part: string): Buffer | null {
  const bytes = Buffer.from(part, "base64url");
  return bytes.toString("base64url") === part ? bytes : null;
}
