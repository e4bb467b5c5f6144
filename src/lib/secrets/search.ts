import { GITLEAKS_RULES } from "./gitleaks-rules.js";
import { isHarmless } from "./harmless.js";
import { OWN_RULES } from "./own-rules.js";
import { entropyOf } from "./randomness.js";
import type { Match, Rule } from "./rule.js";

/** A secret in a text, or what looks like one. */
export interface FoundSecret {
  readonly kind: string;
  readonly secret: string;
  /** Where the secret begins. */
  readonly index: number;
}

const ALL: readonly Rule[] = [...OWN_RULES, ...GITLEAKS_RULES];

/** The rules that find what is certainly a secret, and those that find what merely looks like one. */
const RULES = { sure: ALL.filter(({ sure }) => sure), likely: ALL.filter(({ sure }) => !sure) } as const;

/** How much of the name before a match gitleaks' patterns of harmless matches look at. */
const NAME_MAX = 50;

/** How much of the line on either side of a match they look at. */
const LINE_MAX = 300;

interface Patterns {
  readonly search: RegExp;
  readonly none: readonly RegExp[];
  readonly noneWithName: readonly RegExp[];
  readonly noneInLine: readonly RegExp[];
  readonly stopwords: readonly string[];
}

const compiled = new WeakMap<Rule, Patterns>();

/** Patterns are compiled when a text first has one of their keywords, so that a start does not wait for them. */
function patternsOf(rule: Rule): Patterns {
  const known = compiled.get(rule);
  if (known !== undefined) return known;
  const all = (sources: readonly string[] = []): RegExp[] => sources.map((source) => new RegExp(source));
  const patterns = {
    search: new RegExp(rule.pattern, `g${rule.flags ?? ""}`),
    none: all(rule.allowed),
    noneWithName: all(rule.allowedMatch),
    noneInLine: all(rule.allowedLine),
    stopwords: rule.stopwords?.split(" ") ?? [],
  };
  compiled.set(rule, patterns);
  return patterns;
}

/** What is certainly a secret in a text, or what looks like one, rule by rule. They may overlap. */
export function* secretsIn(text: string, verdict: keyof typeof RULES): Generator<FoundSecret> {
  const lower = text.toLowerCase();
  for (const rule of RULES[verdict]) {
    if (rule.keywords.length > 0 && !rule.keywords.some((keyword) => lower.includes(keyword))) continue;
    for (const found of text.matchAll(patternsOf(rule).search)) {
      const match = matchOf(rule, text, found);
      if (!isSecret(rule, match)) continue;
      const index = match.index + found[0].indexOf(match.secret);
      yield { kind: rule.kind, secret: match.secret, index };
    }
  }
}

function matchOf(rule: Rule, text: string, found: RegExpExecArray): Match {
  const groups: readonly (string | undefined)[] = found;
  const ofRule = rule.group === undefined ? groups.slice(1).find(Boolean) : groups[rule.group];
  return { secret: ofRule ?? found[0], groups, text, index: found.index };
}

function isSecret(rule: Rule, match: Match): boolean {
  const { secret } = match;
  const { none, noneWithName, noneInLine, stopwords } = patternsOf(rule);
  if (rule.entropy !== undefined && entropyOf(secret) <= rule.entropy) return false;
  if (isHarmless(secret) || none.some((pattern) => pattern.test(secret))) return false;
  if (noneWithName.some((pattern) => pattern.test(withName(match)))) return false;
  if (noneInLine.some((pattern) => pattern.test(lineOf(match)))) return false;
  const lower = secret.toLowerCase();
  return !stopwords.some((word) => lower.includes(word)) && (rule.judge?.(match) ?? true);
}

/** The match with the rest of the name that it begins in: `csrf-token=…` for `token=…`. */
function withName({ text, index, groups }: Match): string {
  const before = text.slice(Math.max(0, index - NAME_MAX), index);
  return `${/[\w.-]*$/.exec(before)?.[0] ?? ""}${groups[0] ?? ""}`;
}

/** The line around a match, as far as a line is short. */
function lineOf({ text, index, groups }: Match): string {
  const end = index + (groups[0]?.length ?? 0);
  const before = /[^\n]*$/.exec(text.slice(Math.max(0, index - LINE_MAX), index))?.[0] ?? "";
  return before + text.slice(index, end) + (/^[^\n]*/.exec(text.slice(end, end + LINE_MAX))?.[0] ?? "");
}
