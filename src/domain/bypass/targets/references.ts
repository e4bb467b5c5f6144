import { type Token, tokensOf } from "./tokens.js";

/** A pull request, commit, service or database that a text names. */
export interface Reference {
  readonly kind: "github-pr" | "github-commit" | "service" | "db";
  /** `github:o/r#1`, `github:o/r@<id>`, `service:name` or `db:name`. */
  readonly key: string;
}

type Part = Extract<Token, { is: "pull" | "commit" }>;

/**
 * What a text names, each once, inside a sentence too: `PR 77 of acme/api, please` names the same as its address does. The
 * id of a commit may be a part of it.
 * @param text as `lookOf` gives it
 */
export function referencesIn(text: string): readonly Reference[] {
  const tokens = tokensOf(text);
  const found = new Map<string, Reference>();
  const loose: Part[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.is === "named") found.set(token.key, { kind: token.kind, key: token.key });
    if (token.is !== "pull" && token.is !== "commit") continue;
    const repo = token.repo ?? neighbour(tokens, at);
    if (repo === null) loose.push(token);
    else add(found, repo, token);
  }
  // A number or a commit that stands elsewhere belongs to the repository, if the text names only one.
  const repos = new Set(tokens.flatMap((token) => ("repo" in token && token.repo !== null ? [token.repo] : [])));
  const [repo] = repos;
  if (repo === undefined || repos.size > 1) return [...found.values()];
  const isAlone = found.size === 0;
  for (const part of loose) if (part.is === "commit" || part.certain || isAlone) add(found, repo, part);
  return [...found.values()];
}

function add(found: Map<string, Reference>, repo: string, part: Part): void {
  const key = part.is === "pull" ? `github:${repo}#${part.number}` : `github:${repo}@${part.id}`;
  found.set(key, { kind: part.is === "pull" ? "github-pr" : "github-commit", key });
}

const JOINING_WORDS = new Set(["of", "in", "on", "at", "for", "from"]);

/** The repository that a number or a commit stands beside: `acme/api #77`, or `#77 of acme/api`. */
function neighbour(tokens: readonly Token[], at: number): string | null {
  const before = tokens[at - 1];
  if (before?.is === "repo") return before.repo;
  const next = tokens[at + 1];
  const after = next?.is === "word" && JOINING_WORDS.has(next.word) ? tokens[at + 2] : next;
  return after?.is === "repo" ? after.repo : null;
}
