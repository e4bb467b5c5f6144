import { SignJWT } from "jose";
import { claimsOf, RECEIPT_ALGORITHM, RECEIPT_TYPE } from "../../domain/receipts/receipt.js";
import type { ReceiptSigner } from "../../usecases/ports/receipts.js";
import type { ReceiptKeys } from "./keys.js";

export interface ReceiptSignerOptions {
  readonly keys: ReceiptKeys;
  /** The public address of this bot, which every receipt names as its issuer. */
  readonly issuer: string;
  /** Makes an id that no other receipt has. */
  readonly newId: () => string;
}

/** Creates the signer of receipts. Its keys stay in this process. */
export function createReceiptSigner({ keys, issuer, newId }: ReceiptSignerOptions): ReceiptSigner {
  const header = { alg: RECEIPT_ALGORITHM, typ: RECEIPT_TYPE, kid: keys.signing.kid } as const;
  return {
    sign: (facts, times) =>
      new SignJWT(claimsOf(facts, times, { issuer, id: newId() })).setProtectedHeader(header).sign(keys.signing.key),
    jwks: () => ({ keys: keys.published }),
  };
}
