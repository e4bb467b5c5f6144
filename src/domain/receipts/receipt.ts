import { z } from "zod";
import {
  approvedBy,
  bypassName,
  commitId,
  commitProven,
  gateName,
  runId,
  shortHeadField,
  targetText,
} from "../gate-checks/wire.js";

/*
 * A receipt is the signed form of one yes to a pipeline: a JWT (RFC 7519) with these claims. Why it ends so soon, and how it
 * proves something later all the same: docs/adr/0036-a-receipt-is-a-short-jwt.md.
 */

/** The media type in the header (RFC 8725, 3.11), so that no other token of the same key can pass for a receipt. */
export const RECEIPT_TYPE = "breakglass-receipt+jwt";

/** The audience of every receipt: whoever wants to see that a gate was skipped by permission. */
export const RECEIPT_AUDIENCE = "breakglass-receipt";

/** The only signature (RFC 8037), with an Ed25519 key. */
export const RECEIPT_ALGORITHM = "EdDSA";

/** How long a receipt may be presented, in seconds. It ends with its grant if that is sooner. */
export const RECEIPT_SECONDS = 600;

/** The header of a receipt. Whatever else one may carry, such as a key of its own, is no receipt of ours. */
export const receiptHeader = z.strictObject({
  alg: z.literal(RECEIPT_ALGORITHM),
  typ: z.literal(RECEIPT_TYPE),
  /** RFC 7638 thumbprint of the key, which has 43 characters. */
  kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** What the endpoint attests, without what the signer adds. */
const attested = {
  issuer: z
    .string()
    .min(1)
    .nullable()
    .describe(
      "The issuer of the identity that asked; `null` is reserved for API tokens, which this release does not issue.",
    ),
  repository: z
    .string()
    .min(1)
    .nullable()
    .describe("The repository or project of that identity, by its id there; `null` is reserved for API tokens."),
  run: runId,
  gate: gateName,
  target: targetText,
  commit: commitId,
  commit_proven: commitProven,
  requester: z.string().min(1).describe("Who declared the bypass: a Slack account."),
  approved_by: approvedBy,
  policy: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe("SHA-256 of the policy of the declaration, in hex."),
  seq: z.int().min(1).describe("The number of the trail's newest entry at the answer."),
  head: shortHeadField,
};

const receiptFacts = z.object({ grant: bypassName, ...attested });

/** What a yes attests. */
export type ReceiptFacts = z.infer<typeof receiptFacts>;

/** Seconds since 1970, as RFC 7519 has its times. */
const second = (meaning: string) => z.int().min(0).describe(meaning);

/** The claims of a receipt. */
export const receiptClaims = z
  .object({
    iss: z.string().min(1).describe("The public address of the bot that answered."),
    aud: z.literal(RECEIPT_AUDIENCE),
    sub: bypassName,
    iat: second("When the answer was given, by the database's clock."),
    exp: second("When the receipt ends: ten minutes after the answer, or when the grant ends if that is sooner."),
    jti: z.string().min(1).max(100).describe("An id of its own."),
    grant: bypassName,
    ...attested,
  })
  .refine(({ sub, grant }) => sub === grant, { path: ["sub"], error: "is another bypass than the grant" })
  .refine(({ iat, exp }) => exp >= iat && exp - iat <= RECEIPT_SECONDS, {
    path: ["exp"],
    error: `is not within ${RECEIPT_SECONDS} s after iat`,
  });

/** The claims of a receipt. */
export type ReceiptClaims = z.infer<typeof receiptClaims>;

/** When an answer was given and when its grant ends: milliseconds since 1970, by the database's clock. */
export interface ReceiptTimes {
  readonly now: number;
  readonly grantEnds: number;
}

/**
 * The claims for a yes. Whole seconds are rounded down, so that no receipt outlasts its grant; one of the grant's last second
 * has ended already.
 * @param by the public address of the bot, and an id that no other receipt has
 */
export function claimsOf(
  facts: ReceiptFacts,
  { now, grantEnds }: ReceiptTimes,
  by: { readonly issuer: string; readonly id: string },
): ReceiptClaims {
  const iat = Math.floor(now / 1000);
  const exp = Math.max(iat, Math.min(iat + RECEIPT_SECONDS, Math.floor(grantEnds / 1000)));
  return receiptClaims.parse({
    iss: by.issuer,
    aud: RECEIPT_AUDIENCE,
    sub: facts.grant,
    iat,
    exp,
    jti: by.id,
    ...facts,
  });
}
