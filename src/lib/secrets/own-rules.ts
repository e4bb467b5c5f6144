import { COMMAND_PASSWORDS } from "./command-passwords.js";
import { FILE_VALUES } from "./file-values.js";
import { HEADERS_AND_ADDRESSES } from "./headers.js";
import { NAMED_VALUES } from "./named-values.js";
import { PROVIDER_TOKENS } from "./provider-tokens.js";
import { looksDrawnOfFew, looksNamed, looksRandom } from "./randomness.js";
import type { Match, Rule } from "./rule.js";

/*
 * What gitleaks' rules leave out, because they are made for files: secrets within prose, shapes that it knows more narrowly
 * than their providers use them, and passwords that people have chosen.
 */

/** The beginnings of keys in DER as base64 (PKCS#1, PKCS#8, SEC 1, OpenSSH), pasted with or without the line above. */
const KEY_BODY =
  "(?:MII[A-Za-z0-9+/]{2,4}(?:IBAAK|AgEAAo|IBADANBgkqhk|AgEAMA)|MH[a-zA-Z]CAQEE|MI[a-zA-Z]{2}AgEA|MC4CAQAwBQYDK2Vw|b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/=]{8,}";

const PRIVATE_KEYS: readonly Rule[] = [
  {
    id: "private key",
    kind: "private key",
    sure: true,
    keywords: ["private key", "putty-user-key-file"],
    pattern: "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[^]{0,4000}|PuTTY-User-Key-File-[^]{0,4000}",
  },
  {
    id: "private key body",
    kind: "private key",
    sure: true,
    keywords: ["mi", "mh", "mc4", "b3b"],
    pattern: `(?<![A-Za-z0-9+/])${KEY_BODY}`,
    entropy: 3,
  },
];

/** A run of letters, digits and marks that looks drawn by lot: what a key of an unknown provider looks like. */
const RANDOM: Rule = {
  id: "random text",
  kind: "key or token",
  sure: false,
  keywords: [],
  pattern: "(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{20,400}(?![A-Za-z0-9+/_-])",
  judge: judgeRandom,
};

/**
 * How public keys begin as base64: those of SSH with the length of their kind ("ssh-…", "ecdsa-…", "sk-…"), others with the
 * name of their algorithm in DER.
 */
const PUBLIC_KEY =
  /^(?:AAAA(?:B3NzaC|C3NzaC|E2VjZHNh|GnNrLX|InNrLW)|MII[A-D][A-Za-z0-9]{1,3}ANBgkqhkiG9w0BAQ|MFkwEwYHKoZI|MHYwEAYHKoZI|MCowBQYDK2Vw)/;

/** Whether a text stands in a block that is made to be shown, such as a certificate or a public key. */
function isInPublicBlock(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - BLOCK_MAX), index);
  const begin = before.lastIndexOf("-----BEGIN ");
  return begin > before.lastIndexOf("-----END ") && !/^.{0,60}PRIVATE/.test(before.slice(begin));
}

/** The longest certificate that people paste; the longest text that may be typed is shorter. */
const BLOCK_MAX = 4_000;

/** How far to look back for what a random text is: part of an address, a checksum, an embedded file. */
const CONTEXT = 300;

function judgeRandom({ secret, text, index }: Match): boolean {
  const [word = ""] = /\S*$/.exec(text.slice(Math.max(0, index - CONTEXT), index)) ?? [];
  // Addresses hold ids of documents and messages; a signature in one is found by its name.
  if (/:\/\/|;base64,|\bsha\d{3}[-:]$/i.test(word)) return false;
  if (/^sha\d{3}-/i.test(secret) || PUBLIC_KEY.test(secret) || isInPublicBlock(text, index)) return false;
  // `baf…`: the name of a file in IPFS.
  if (looksDrawnOfFew(secret) && !word.includes("/") && !secret.startsWith("baf")) return true;
  // A path or a name with marks is random only if one of its parts is; base64 has no more marks than chance gives it.
  const parts = secret.split(/[/_+-]/).filter((part) => part.length >= 16);
  const marks = secret.length - secret.replace(/[/_+-]/g, "").length;
  const whole =
    marks <= Math.ceil(secret.length / 10) && !looksNamed(secret) && looksRandom(secret.replace(/[/_+-]/g, ""));
  return whole || parts.some((part) => part.length >= 20 && looksRandom(part));
}

/** The rules that gitleaks' are joined by; the more telling kinds first. */
export const OWN_RULES: readonly Rule[] = [
  ...PROVIDER_TOKENS,
  ...PRIVATE_KEYS,
  ...HEADERS_AND_ADDRESSES,
  ...NAMED_VALUES,
  ...FILE_VALUES,
  ...COMMAND_PASSWORDS,
  RANDOM,
];
