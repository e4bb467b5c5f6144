import { type CompactVerifyResult, compactVerify, createLocalJWKSet, decodeProtectedHeader, errors } from "jose";
import { z } from "zod";
import { RECEIPT_ALGORITHM, type ReceiptClaims, receiptClaims, receiptHeader } from "../../domain/receipts/receipt.js";

const ed25519Key = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string(),
});

/** A set of public keys, as RFC 7517 has it. Keys of other kinds are left out: nothing is verified with them. */
export const keySet = z.object({ keys: z.array(z.unknown()).max(100) }).transform(({ keys }) => ({
  keys: keys.flatMap((key) => {
    const parsed = ed25519Key.safeParse(key);
    return parsed.success ? [parsed.data] : [];
  }),
}));

export type KeySet = z.infer<typeof keySet>;

/** What was found. Claims are given only when one of the keys signed them. */
export type ReceiptVerdict =
  | { readonly ok: true; readonly claims: ReceiptClaims; readonly kid: string }
  | { readonly ok: false; readonly problem: string; readonly claims: ReceiptClaims | null };

/** Longer than any receipt. What is longer is not decoded. */
const LONGEST_RECEIPT = 8_192;

/** How far the bot's clock may be ahead of the verifier's, in seconds. */
const CLOCK_TOLERANCE_S = 60;

const no = (problem: string, claims: ReceiptClaims | null = null): ReceiptVerdict => ({ ok: false, problem, claims });

/**
 * Verifies a receipt by the given keys alone: form, signature, claims, and whether it was valid at a moment. Keys or addresses
 * in the receipt itself are never followed; a header that has any is refused.
 * @param at seconds since 1970
 */
export async function verifyReceipt(receipt: string, keys: KeySet, at: number): Promise<ReceiptVerdict> {
  if (receipt.length > LONGEST_RECEIPT) return no("it is longer than any receipt");
  const header = headerOf(receipt);
  if ("fault" in header) return no(header.fault);
  const signed = await signedBy(receipt, keys);
  if ("fault" in signed) return no(signed.fault);
  const claims = receiptClaims.safeParse(jsonOf(signed.payload));
  if (!claims.success) return no(`it is signed, but its claims are not those of a receipt: ${issuesOf(claims.error)}`);
  const { iat, exp } = claims.data;
  if (at < iat - CLOCK_TOLERANCE_S) return no("it is from the future; check the clock, or --at", claims.data);
  if (at >= exp) return no(`it had ended: it was valid from ${isoOf(iat)} to ${isoOf(exp)}`, claims.data);
  return { ok: true, claims: claims.data, kid: header.kid };
}

/** A moment of a receipt, in ISO 8601. */
export const isoOf = (seconds: number): string => {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? `${seconds} s after 1970` : time.toISOString().replace(".000Z", "Z");
};

function headerOf(receipt: string): { readonly kid: string } | { readonly fault: string } {
  let decoded: unknown;
  try {
    decoded = decodeProtectedHeader(receipt);
  } catch {
    return { fault: "it is no JWT in compact form" };
  }
  const header = receiptHeader.safeParse(decoded);
  return header.success ? header.data : { fault: `its header is not that of a receipt: ${issuesOf(header.error)}` };
}

async function signedBy(receipt: string, keys: KeySet): Promise<CompactVerifyResult | { readonly fault: string }> {
  try {
    return await compactVerify(receipt, createLocalJWKSet(keys), { algorithms: [RECEIPT_ALGORITHM] });
  } catch (fault) {
    if (fault instanceof errors.JWKSNoMatchingKey) return { fault: "none of the keys has signed it" };
    if (fault instanceof errors.JWSSignatureVerificationFailed)
      return { fault: "its signature is wrong: it was changed, or somebody else made it" };
    return { fault: "its signature could not be verified with the key of its id" };
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

const issuesOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim()).join("; ");
