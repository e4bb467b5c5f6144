import { NAMED_VALUES } from "./named-values.js";
import { looksNamed, looksRandom } from "./randomness.js";
import type { Match, Rule } from "./rule.js";

/*
 * What gitleaks' rules leave out, because they are made for files: secrets within prose, shapes that it knows more narrowly
 * than their providers use them, and passwords that people have chosen.
 */

/** A token with a prefix that its provider documents. */
function token(kind: string, keywords: readonly string[], pattern: string, entropy = 3): Rule {
  return { id: kind, kind, sure: true, keywords, pattern: `(?<![0-9A-Za-z])${pattern}`, entropy };
}

const PROVIDERS: readonly Rule[] = [
  token("Slack token", ["xox", "xapp-"], String.raw`(?:xox[a-z](?:\.xox[a-z])?-|xapp-\d-)[A-Za-z0-9%-]{16,}`),
  token(
    "Slack webhook",
    ["hooks.slack"],
    String.raw`hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/\w{1,32}\/\w{1,32}\/\w{8,}`,
  ),
  token("GitHub token", ["gh"], "gh[pousr]_[A-Za-z0-9]{36,}"),
  token("GitLab token", ["gl"], "gl(?:pat|dt|rt|ptt|cbt|agent|oas|ft|imt|soat|ffct)-[A-Za-z0-9_-]{20,}"),
  token("Google refresh token", ["1//0"], String.raw`1\/\/0[A-Za-z0-9_-]{40,}`),
  token("Google OAuth token", ["ya29.", "gocspx-"], String.raw`(?:ya29\.|GOCSPX-)[A-Za-z0-9_-]{20,}`),
  token("Stripe key", ["k_org_", "whsec_"], "(?:sk_org_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,})"),
  token("PyPI token", ["pypi-age"], "pypi-AgE[A-Za-z0-9_-]{50,}"),
  token("PagerDuty token", ["pdus+", "pdeu+"], String.raw`pd(?:us|eu)\+_[A-Za-z0-9+_-]{20,}`),
  token("PagerDuty token", ["u+"], String.raw`(?<!\+)u\+[A-Za-z0-9_-]{18}(?![A-Za-z0-9_-])`, 3.5),
  token("SendGrid key", ["sg."], String.raw`SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{20,}`),
  token("Vault token", ["hv"], String.raw`hv[sbr]\.[A-Za-z0-9_-]{24,}`),
  token("DigitalOcean token", ["_v1_"], "do[opr]_v1_[a-f0-9]{40,}"),
  token("Atlassian token", ["at"], "AT(?:ATT|CTT|STT|BB)[A-Za-z0-9][A-Za-z0-9_=-]{23,}", 3.5),
  token("Docker token", ["dckr_"], "dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
  token("Shopify token", ["shp"], "shp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{32}"),
  token("Mailgun key", ["key-"], "key-[a-f0-9]{32}(?![A-Za-z0-9])"),
  token("Telegram bot token", [":aa"], String.raw`(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])`),
  token("Discord bot token", ["."], String.raw`[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}`, 4.3),
  token("Notion token", ["secret_"], "secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])", 4),
  token(
    "Azure storage key",
    ["accountkey", "sharedaccesskey"],
    "(?:Account|SharedAccess)Key=([A-Za-z0-9+/]{42,86}={1,2})",
  ),
  token("New Relic key", ["nrak-"], "NRAK-[A-Z0-9]{27}"),
  token("Buildkite token", ["bkua_"], "bkua_[a-f0-9]{40}"),
  token(
    "PayPal token",
    ["access_token$"],
    String.raw`access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}`,
  ),
  token("API key", ["sk-"], "sk-(?:[a-z0-9]{2,10}-){0,2}[A-Za-z0-9_]{32,}", 3.7),
  token("age secret key", ["age-secret-key-"], "AGE-SECRET-KEY-1[A-Z0-9]{40,}"),
  token(
    "JSON Web Token",
    ["eyj"],
    String.raw`eyJ[A-Za-z0-9_-]{8,512}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{0,600})?`,
  ),
  {
    id: "signature in an address",
    kind: "signature in an address",
    sure: true,
    keywords: ["sig=", "signature="],
    pattern: "[?&](?:sig|X-Amz-Signature|X-Goog-Signature|Signature)=([A-Za-z0-9%+/_-]{20,600})",
    entropy: 3,
  },
];

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

/** How far to look back for what a random text is: part of an address, a checksum, an embedded file. */
const CONTEXT = 300;

function judgeRandom({ secret, text, index }: Match): boolean {
  const [word = ""] = /\S*$/.exec(text.slice(Math.max(0, index - CONTEXT), index)) ?? [];
  // Addresses hold ids of documents and messages; a signature in one is found by its name.
  if (/:\/\/|;base64,|\bsha\d{3}[-:]$/i.test(word)) return false;
  if (/^sha\d{3}-/i.test(secret)) return false;
  // A path or a name with marks is random only if one of its parts is; base64 has no more marks than chance gives it.
  const parts = secret.split(/[/_+-]/).filter((part) => part.length >= 16);
  const marks = secret.length - secret.replace(/[/_+-]/g, "").length;
  const whole =
    marks <= Math.ceil(secret.length / 10) && !looksNamed(secret) && looksRandom(secret.replace(/[/_+-]/g, ""));
  return whole || parts.some((part) => part.length >= 20 && looksRandom(part));
}

/** The rules that gitleaks' are joined by; the more telling kinds first. */
export const OWN_RULES: readonly Rule[] = [...PROVIDERS, ...PRIVATE_KEYS, ...NAMED_VALUES, RANDOM];
