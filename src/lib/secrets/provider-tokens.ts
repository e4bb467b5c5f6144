import type { Rule } from "./rule.js";

/*
 * Tokens whose shape their providers document, and that gitleaks does not know, knows only beside the provider's name, or
 * knows more narrowly than the providers use them.
 */

function token(kind: string, keywords: readonly string[], pattern: string, entropy = 3): Rule {
  return { id: kind, kind, sure: true, keywords, pattern: `(?<![0-9A-Za-z])${pattern}`, entropy };
}

/** As long as the provider makes it, and no longer: for prefixes that other words begin with, too. */
const exactly = (kind: string, keywords: readonly string[], pattern: string, entropy = 3): Rule =>
  token(kind, keywords, `${pattern}(?![0-9A-Za-z])`, entropy);

const PLATFORMS: readonly Rule[] = [
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
  token("Atlassian token", ["at"], "AT(?:ATT|CTT|STT|BB)[A-Za-z0-9][A-Za-z0-9_=-]{23,}", 3.5),
  exactly("Trello token", ["atta"], "ATTA[a-f0-9]{60,80}"),
  token("Docker token", ["dckr_"], "dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
  token("Docker Swarm token", ["swmtkn-"], "SWMTKN-1-[a-z0-9]{40,}-[a-z0-9]{20,}"),
  token("Vault token", ["hv"], String.raw`hv[sbr]\.[A-Za-z0-9_-]{24,}`),
  token("DigitalOcean token", ["_v1_"], "do[opr]_v1_[a-f0-9]{40,}"),
  token(
    "Azure storage key",
    ["accountkey", "sharedaccesskey"],
    "(?:Account|SharedAccess)Key=([A-Za-z0-9+/]{42,86}={1,2})",
  ),
  exactly("Azure DevOps token", ["azdo"], "[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", 3.5),
  exactly("Cloudflare token", ["cf"], "cf(?:ut|at|k)_[A-Za-z0-9]{40}[a-f0-9]{8}"),
  exactly("Supabase token", ["sbp_"], "sbp_(?:oauth_|v0_)?[a-f0-9]{40}"),
  token("Supabase key", ["sb_secret_"], "sb_secret_[A-Za-z0-9_-]{20,}"),
  exactly("Neon key", ["napi_"], "napi_[a-z0-9]{64}"),
  exactly("Render key", ["rnd_"], "rnd_[A-Za-z0-9]{32}", 3.5),
  exactly("Netlify token", ["nfp_"], "nfp_[A-Za-z0-9]{36}", 3.5),
  token("Tailscale key", ["tskey-"], "tskey-[a-z]{2,12}-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}"),
];

const BUILDS: readonly Rule[] = [
  token("PyPI token", ["pypi-age"], "pypi-AgE[A-Za-z0-9_-]{50,}"),
  exactly("NuGet key", ["oy2"], "oy2[a-z0-9]{43}", 3.5),
  exactly("CircleCI token", ["ccip"], "CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}"),
  exactly("Buildkite token", ["bku"], "bkua_[a-f0-9]{40}"),
  exactly("SonarQube token", ["sq"], "sq[apu]_[a-f0-9]{40}"),
  exactly("New Relic key", ["nrak-"], "NRAK-[A-Z0-9]{27}"),
  exactly("New Relic key", ["nral"], "[a-f0-9]{36}(?:FFFF)?NRAL"),
  token("PagerDuty token", ["pdus+", "pdeu+"], String.raw`pd(?:us|eu)\+_[A-Za-z0-9+_-]{20,}`),
  token("PagerDuty token", ["u+"], String.raw`(?<!\+)u\+[A-Za-z0-9_-]{18}(?![A-Za-z0-9_-])`, 3.5),
  token("Honeycomb key", ["hc"], "hc[abx](?:ik|mk|lk)_[A-Za-z0-9]{32,}", 3.5),
];

const SERVICES: readonly Rule[] = [
  token("Stripe key", ["k_org_", "whsec_"], "(?:sk_org_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,})"),
  token("Square token", ["sq0"], "sq0(?:csp|atp)-[A-Za-z0-9_-]{22,}"),
  token("SendGrid key", ["sg."], String.raw`SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{20,}`),
  token("Shopify token", ["shp"], "shp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{32}"),
  exactly("Mailgun key", ["key-"], "key-[a-f0-9]{32}"),
  exactly("Resend key", ["re_"], "re_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{20,32}", 3.5),
  exactly("HubSpot token", ["pat-"], "pat-(?:na|eu|ap)[12]-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"),
  exactly("Airtable token", ["pat"], String.raw`pat[A-Za-z0-9]{14}\.[a-f0-9]{64}`),
  token("Telegram bot token", [":aa"], String.raw`(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])`),
  token("Discord bot token", ["."], String.raw`[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}`, 4.3),
  exactly("Notion token", ["secret_"], "secret_[A-Za-z0-9]{43}", 4),
  token("Figma token", ["fig"], "fig(?:d|o|u|or|ou)h?_[A-Za-z0-9_-]{36,}"),
  token(
    "PayPal token",
    ["access_token$"],
    String.raw`access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}`,
  ),
  token("API key", ["sk-"], "sk-(?:[a-z0-9]{2,10}-){0,2}[A-Za-z0-9_]{32,}", 3.7),
  token("xAI key", ["xai-"], "xai-[A-Za-z0-9]{60,}", 3.5),
  exactly("Replicate token", ["r8_"], "r8_[A-Za-z0-9]{37}", 3.5),
];

const FORMATS: readonly Rule[] = [
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
  {
    id: "hash of a password",
    kind: "hash of a password",
    sure: false,
    keywords: ["$"],
    pattern: String.raw`\$(?:2[aby]\$\d\d|[156y]|apr1|argon2id?\$v=\d+\$[mtp=,\d]{1,40})\$[A-Za-z0-9./$+=]{22,200}`,
    entropy: 3,
  },
];

export const PROVIDER_TOKENS: readonly Rule[] = [...PLATFORMS, ...BUILDS, ...SERVICES, ...FORMATS];
