// Writes src/lib/secrets/gitleaks-rules.ts from gitleaks' rules:
//   node scripts/secret-rules.mjs path/to/gitleaks.toml v8.30.1
// Take config/gitleaks.toml of a released edition, run this, then `npx vitest run test/domain/text test/lib`.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "smol-toml";

const TARGET = "src/lib/secrets/gitleaks-rules.ts";

/** Rules that are left out, and why. */
const LEFT_OUT = {
  "private-key": "backtracks; own-rules.ts finds it by its first line",
  "curl-auth-header": "backtracks without bound; own-rules.ts has a bounded one",
  "curl-auth-user": "backtracks without bound; own-rules.ts has a bounded one",
  "kubernetes-secret-yaml": "is about whole files; what they hold is found by the name of the value",
  "freemius-secret-key": "is about files of one kind",
  "hashicorp-tf-password": "is about files of one kind",
  "nuget-config-password": "is about files of one kind",
  "pkcs12-file": "looks at the name of a file",
};

/** Rules with a shape of their own that ordinary text has, too: asked about, not stopped. */
const WEAK = new Set(["generic-api-key", "sourcegraph-access-token", "sidekiq-sensitive-url"]);

/** How the first word of a rule's id is spelt, where a capital letter is not enough. */
const SPELLING = {
  "1password": "1Password",
  aws: "AWS",
  digitalocean: "DigitalOcean",
  github: "GitHub",
  gitlab: "GitLab",
  gcp: "GCP",
  harness: "Harness",
  huggingface: "Hugging Face",
  jwt: "JSON Web Token",
  npm: "npm",
  openai: "OpenAI",
  openshift: "OpenShift",
  pypi: "PyPI",
  rubygems: "RubyGems",
  sendgrid: "SendGrid",
};

/** How gitleaks starts a rule that knows a secret by the name beside it only. The name is found without it. */
const NAME_BEFORE = String.raw`[\w.-]{0,50}?`;
/** How gitleaks ends a rule. In prose, a full stop or a bracket may follow as well. */
const ENDS = [
  String.raw`(?:[\x60'"\s;]|\\[nr]|$)`,
  String.raw`(?:[\x60'"\s;]|\\[nr]|$|\b)`,
  String.raw`(?:[^\w-]|\z)`,
  String.raw`(?:[^a-zA-Z0-9+/]|\z)`,
];
const ENDS_A_TOKEN = "(?![0-9A-Za-z])";
const ENDS_A_VALUE = String.raw`(?=[\x60'"\s;,.)\]}<>|!?:]|\\[nr]|$)`;
const BEGINS_A_TOKEN = "(?<![0-9A-Za-z])";

const CASED = /[a-z]/i;
/** @param {string} letter */
const bothCases = (letter) => letter.toLowerCase() + letter.toUpperCase();

/** A character class for either case, when that is asked for. @param {string} inside @param {boolean} anyCase */
function classOf(inside, anyCase) {
  const named = inside.replaceAll("[:alnum:]", "0-9A-Za-z");
  if (!anyCase) return `[${named}]`;
  const ranges = [...named.matchAll(/\\.|[a-z]-[a-z]|[A-Z]-[A-Z]|[a-zA-Z]/g)].flatMap(([part]) =>
    part.startsWith("\\") ? [] : [part === part.toLowerCase() ? part.toUpperCase() : part.toLowerCase()],
  );
  const added = [...new Set(ranges)].filter((range) => !named.includes(range)).join("");
  // In front, where no dash can make a range of them.
  return named.startsWith("^") ? `[^${added}${named.slice(1)}]` : `[${added}${named}]`;
}

/**
 * Translates RE2's syntax: JavaScript of Node 20 has no flags inside a pattern, and its `\b` takes `_` for a letter, so that
 * `token_ghp_…` would not be found.
 * @param {string} source
 */
function toJavaScript(source) {
  const flags = [{ anyCase: false, dotAll: false }];
  let made = "";
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const now = flags.at(-1) ?? { anyCase: false, dotAll: false };
    const [group, set = "", ending = ""] = /^\(\?([is]|-i)([:)])/.exec(rest) ?? [];
    const [named] = /^\(\?P<\w+>/.exec(rest) ?? [];
    const [inside] = /^\[(?:\[:\w+:\]|\\.|[^\]\\])*\]/.exec(rest) ?? [];
    const [escaped] = /^\\(?:x..|.)/.exec(rest) ?? [];
    if (group !== undefined) {
      const next = { ...now, ...(set === "s" ? { dotAll: true } : { anyCase: set === "i" }) };
      if (ending === ")") flags[flags.length - 1] = next;
      else {
        flags.push(next);
        made += "(?:";
      }
      at += group.length;
    } else if (named !== undefined) {
      flags.push({ ...now });
      made += "(?:";
      at += named.length;
    } else if (inside !== undefined) {
      made += classOf(inside.slice(1, -1), now.anyCase);
      at += inside.length;
    } else if (escaped !== undefined) {
      if (escaped === "\\z") made += "$";
      else if (escaped === "\\b" && /(?:^|\(|\(\?:|\|)$/.test(made)) made += BEGINS_A_TOKEN;
      else if (escaped === "\\b" && /^\\b(?:$|[)|])/.test(rest)) made += ENDS_A_TOKEN;
      else made += escaped;
      at += escaped.length;
    } else {
      const letter = source.charAt(at);
      if (letter === "(") flags.push({ ...now });
      if (letter === ")") flags.pop();
      if (rest.startsWith("(?:")) {
        made += "(?:";
        at += 3;
        continue;
      }
      const inQuantifier = /\{[\d,]*$/.test(made);
      if (letter === "." && now.dotAll) made += "[^]";
      else made += now.anyCase && CASED.test(letter) && !inQuantifier ? `[${bothCases(letter)}]` : letter;
      at += 1;
    }
  }
  new RegExp(made);
  return made;
}

/** @param {{ id: string, regex: string, entropy?: number, secretGroup?: number, keywords?: string[], allowlists?: any[] }} rule */
function ruleOf({ id, regex, entropy, secretGroup, keywords, allowlists }) {
  const byName = regex.includes(NAME_BEFORE);
  const sure = !byName && !WEAK.has(id);
  const end = sure ? ENDS_A_TOKEN : ENDS_A_VALUE;
  let source = regex.replaceAll(NAME_BEFORE, "");
  const marker = "\uE000";
  for (const ending of ENDS) source = source.replaceAll(ending, marker);
  const pattern = toJavaScript(source).replaceAll(marker, end);
  const applying = (allowlists ?? []).filter(({ condition }) => condition !== "AND");
  /** @param {string} target @param {string} name */
  const allowed = (target, name) => {
    const lists = applying.filter(({ regexTarget = "secret" }) => regexTarget === target);
    const sources = lists.flatMap(({ regexes }) => regexes ?? []).map(toJavaScript);
    return sources.length === 0 ? {} : { [name]: sources };
  };
  const stopwords = applying.flatMap((list) => list.stopwords ?? []);
  return {
    id,
    kind: sure ? kindOf(id) : "key or token",
    sure,
    keywords: (keywords ?? []).map((keyword) => keyword.toLowerCase()),
    pattern,
    ...(secretGroup === undefined ? {} : { group: secretGroup }),
    ...(entropy === undefined ? {} : { entropy }),
    ...allowed("secret", "allowed"),
    ...allowed("match", "allowedMatch"),
    ...allowed("line", "allowedLine"),
    ...(stopwords.length === 0 ? {} : { stopwords: stopwords.join(" ") }),
  };
}

/** @param {string} id */
function kindOf(id) {
  const [first = "", ...words] = id.split("-");
  const spelt = SPELLING[first] ?? first.charAt(0).toUpperCase() + first.slice(1);
  return [spelt, ...words.map((word) => (/^(?:api|pat|id|url)$/.test(word) ? word.toUpperCase() : word))].join(" ");
}

const [file, edition] = process.argv.slice(2);
if (file === undefined || edition === undefined) {
  console.error("usage: node scripts/secret-rules.mjs path/to/gitleaks.toml v8.30.1");
  process.exit(64);
}
const { rules, allowlist } = parse(readFileSync(file, "utf8"));
const kept = rules.filter(({ id }) => LEFT_OUT[id] === undefined).map(ruleOf);
const harmless = allowlist.regexes.map(toJavaScript);
const licence = readFileSync("src/lib/secrets/gitleaks.LICENSE", "utf8").trim();
writeFileSync(
  TARGET,
  `/*! The rules of gitleaks ${edition}, converted by scripts/secret-rules.mjs. Do not edit: run the script for a newer edition.

${licence}
*/
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what these patterns look for
import type { RuleData } from "./rule.js";

/** One rule for each kind of secret that gitleaks knows. */
export const GITLEAKS_RULES: readonly RuleData[] = ${JSON.stringify(kept, null, 2)};

/** What gitleaks takes for a placeholder, by the whole secret. */
export const GITLEAKS_HARMLESS: readonly string[] = ${JSON.stringify(harmless, null, 2)};
`,
);
spawnSync("npx", ["biome", "check", "--write", TARGET], { stdio: "inherit" });
console.log(`${kept.length} rules, ${kept.filter(({ sure }) => sure).length} of them sure`);
