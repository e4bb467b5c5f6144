import { constants, createHmac, generateKeyPairSync, type KeyObject as Key, KeyObject, sign } from "node:crypto";
import type { SigningKey } from "../../../demo/ci/signing-keys.js";

/** A token taken apart. `signature` is of base64url. */
export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signature: string;
}

/** How a token is signed: by the algorithm's own rules, whatever its header says. */
export type Algorithm = "RS256" | "RS384" | "RS512" | "PS256" | "PS512" | "ES256" | "EdDSA";

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export function partsOf(token: string): TokenParts {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const read = (text: string): TokenParts["claims"] => JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  return { header: read(header), claims: read(claims), signature };
}

export const joined = ({ header, claims, signature }: TokenParts): string =>
  `${part(header)}.${part(claims)}.${signature}`;

/** Signs header and claims by an algorithm. */
export function signed({ header, claims }: Omit<TokenParts, "signature">, algorithm: Algorithm, key: Key): string {
  const text = Buffer.from(`${part(header)}.${part(claims)}`);
  return `${text}.${signatureOf(text, algorithm, key).toString("base64url")}`;
}

/** Signs header and claims by HMAC, with any bytes as the secret. */
export function signedBySecret(
  { header, claims }: Omit<TokenParts, "signature">,
  hash: "sha256" | "sha384" | "sha512",
  secret: string | Buffer,
): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${createHmac(hash, secret).update(text).digest("base64url")}`;
}

function signatureOf(text: Buffer, algorithm: Algorithm, key: Key): Buffer {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  switch (algorithm) {
    case "RS256":
      return sign("sha256", text, key);
    case "RS384":
      return sign("sha384", text, key);
    case "RS512":
      return sign("sha512", text, key);
    case "PS256":
      return sign("sha256", text, { key, padding, saltLength });
    case "PS512":
      return sign("sha512", text, { key, padding, saltLength });
    case "ES256":
      return sign("sha256", text, { key, dsaEncoding: "ieee-p1363" });
    case "EdDSA":
      return sign(null, text, key);
  }
}

/** The private key of an issuer, for Node's own `sign`. */
export const privateKeyOf = ({ privateKey }: SigningKey): Key => KeyObject.from(privateKey);

/** The keys of a stranger. */
export const strangersKeys = () => ({
  rsa: generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  curve: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  edwards: generateKeyPairSync("ed25519"),
});
