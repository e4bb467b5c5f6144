import { errors, jwtVerify } from "jose";
import type { TokenRefusal } from "../../usecases/ports/ci-identity.js";
import type { IssuerKey } from "./keys/read-keys.js";

/** The clocks of CI and of this machine may differ by so much. */
export const CLOCK_TOLERANCE_S = 30;
/** CircleCI's tokens last an hour, the others' shorter; a longer life asked for in a job does not count. */
const MAX_AGE_S = 3_600;

/** The claims of a token with a good signature, in its time, from its issuer. */
export interface GenuineClaims {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Epoch seconds: the end that the token names, or that of its hour if that is earlier. */
  readonly expiresAtS: number;
}

/**
 * Verifies signature, issuer and times with `jose`. RS256 alone: the algorithm is not taken from the token, and the key
 * was made for it. The audience is compared here and not by `jose`, which is content with one among several.
 */
export async function verifyToken(
  token: string,
  { key, issuer, now }: { readonly key: IssuerKey; readonly issuer: string; readonly now: Date },
): Promise<GenuineClaims | TokenRefusal> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["RS256"],
      issuer,
      requiredClaims: ["exp", "iat", "aud"],
      clockTolerance: CLOCK_TOLERANCE_S,
      maxTokenAge: MAX_AGE_S,
      currentDate: now,
    });
    const { exp, iat } = payload;
    if (exp === undefined || iat === undefined) return "missing_claim";
    return { claims: payload, expiresAtS: Math.floor(Math.min(exp, iat + MAX_AGE_S)) };
  } catch (fault) {
    return refusalOf(fault);
  }
}

/** The one audience of a token; `null` for none, several, or another form. */
export function audienceOf(claims: GenuineClaims["claims"]): string | null {
  const { aud } = claims;
  const [only, ...more] = Array.isArray(aud) ? aud : [aud];
  return typeof only === "string" && more.length === 0 ? only : null;
}

function refusalOf(fault: unknown): TokenRefusal {
  if (fault instanceof errors.JWTExpired) return "expired";
  if (fault instanceof errors.JWTClaimValidationFailed) {
    const isEarly = fault.reason === "check_failed" && (fault.claim === "nbf" || fault.claim === "iat");
    return isEarly ? "not_yet_valid" : "missing_claim";
  }
  if (fault instanceof errors.JWSSignatureVerificationFailed) return "bad_signature";
  if (fault instanceof errors.JOSEAlgNotAllowed) return "wrong_algorithm";
  // Whatever else is wrong with a token, it is not believed.
  return "malformed";
}
