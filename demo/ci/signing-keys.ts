import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from "jose";

/** A key that an issuer signs with, and what it publishes of it. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** Makes an RSA key as the four providers have: 2,048 bits, for RS256. */
export async function makeSigningKey(kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { modulusLength: 2_048, extractable: true });
  const { n, e } = await exportJWK(publicKey);
  if (n === undefined || e === undefined) throw new Error("The key is no RSA key.");
  return { kid, privateKey, publicJwk: { kty: "RSA", use: "sig", alg: "RS256", kid, n, e } };
}
