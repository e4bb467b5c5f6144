/** A word of a target, by what it can be part of. */
export type Token =
  /** A whole reference: `service:name` or `db:name`. */
  | { readonly is: "named"; readonly kind: "service" | "db"; readonly key: string }
  /** A repository, `owner/name`. */
  | { readonly is: "repo"; readonly repo: string }
  /** `certain`: the text itself calls it a pull request, which `#77` alone does not. */
  | { readonly is: "pull"; readonly repo: string | null; readonly number: string; readonly certain: boolean }
  | { readonly is: "commit"; readonly repo: string | null; readonly id: string }
  | { readonly is: "word"; readonly word: string };

/** What separates words beside spaces: brackets, quotes and markup. Names hold none of it. */
const BETWEEN = /[\s<>()[\]{}"'`,;|*~\u2018-\u201f\u00ab\u00bb]+/u;

const NAMED = /^(?:service|db):[a-z0-9][a-z0-9._/-]{0,99}$/;
/** The only form of a name with spaces around the colon: in a sentence, `db: the primary` names nothing. */
const NAMED_ALONE = /^(service|db) ?: ?([a-z0-9][a-z0-9._/-]{0,99})$/;
const REPO = /^[a-z0-9][a-z0-9-]{0,38}\/[a-z0-9._-]{1,100}$/;
const GITHUB = /^(?:www\.|api\.)?github\.com(?::\d{1,5})?\//;
/** Pull request numbers have at most nine digits; zeros in front say nothing. */
const NUMBER = /^0*([1-9]\d{0,8})$/;
const COMMIT = /^[0-9a-f]{7,64}$/;
const FULL_COMMIT = /^[0-9a-f]{40}$/;

/** GitHub numbers issues and pull requests together: each address leads to the one with that number. */
const NUMBERED = new Set(["#", "pull", "pulls", "issues"]);
const COMMITTED = new Set(["@", "commit", "commits"]);
/** `PR77`, `pull#77`, `#77` or `77`. */
const ANNOUNCED = /^(prs?|pulls?|pull-request|mr|issues?)?[-:/]?(#?)(\d{1,200})$/;
const CERTAIN_WORDS = new Set(["pr", "prs", "pull", "pulls", "pull-request", "mr"]);
const ANNOUNCING_WORDS = new Set([...CERTAIN_WORDS, "issue", "issues", "request", "no", "nr", "number", "commit"]);

/**
 * Splits a target into words and reads each. Words that only announce what follows are left out: `pull request no 77` is
 * one number.
 * @param text as `lookOf` gives it
 */
export function tokensOf(text: string): readonly Token[] {
  const words = text
    .replace(NAMED_ALONE, "$1:$2")
    .replace(/([#@]) (?=[0-9a-f])/g, "$1")
    .split(BETWEEN)
    .map(withoutPunctuation)
    .filter((word) => word !== "");
  const tokens: Token[] = [];
  let announced: string[] = [];
  for (const [at, word] of words.entries()) {
    const token = tokenOf(word, announced, words.length === 2 && at === 1);
    if (token.is === "word" && ANNOUNCING_WORDS.has(word)) {
      announced.push(word);
      continue;
    }
    if (token.is === "word" || token.is === "repo")
      tokens.push(...announced.map((said) => ({ is: "word", word: said }) as const));
    announced = [];
    tokens.push(token);
  }
  return tokens;
}

/** A word without the punctuation of the sentence around it. A name may end with `_`, but none begins with it. */
function withoutPunctuation(word: string): string {
  const trimmed = word.replace(/[.:;!?/=]+$/, "");
  return trimmed.startsWith("_") ? trimmed.replace(/^_+/, "").replace(/_+$/, "") : trimmed;
}

function tokenOf(word: string, announced: readonly string[], isSecondOfTwo: boolean): Token {
  if (NAMED.test(word)) return { is: "named", kind: word.startsWith("db:") ? "db" : "service", key: word };
  const path = githubPath(word);
  if (path !== null) return pathToken(path, word);
  const [, called = "", hash = "", digits = ""] = ANNOUNCED.exec(word) ?? [];
  const number = NUMBER.exec(digits)?.[1];
  if (number !== undefined && (called !== "" || hash !== "" || announced.length > 0 || isSecondOfTwo))
    return { is: "pull", repo: null, number, certain: [called, ...announced].some((said) => CERTAIN_WORDS.has(said)) };
  const id = word.replace(/^@/, "");
  const isMeant = FULL_COMMIT.test(id) || (COMMIT.test(id) && (id !== word || announced.at(-1) === "commit"));
  return isMeant ? { is: "commit", repo: null, id } : { is: "word", word };
}

/** The segments of a path on GitHub: of its address, or written without a host. `null` for anything else. */
function githubPath(word: string): readonly string[] | null {
  const address = word.replace(/^(?:ssh:\/\/)?git@github\.com[:/]/, "https://github.com/");
  if (/^https?:\/\//.test(address)) return pathOfAddress(address);
  if (GITHUB.test(address)) return pathOfAddress(`https://${address}`);
  const written = address.replace(/^(?:github|gh):/, "");
  return written.includes("/") ? segmentsOf(written.replace(/[#@]/, "/$&/")) : null;
}

function pathOfAddress(address: string): readonly string[] | null {
  if (!URL.canParse(address)) return null;
  const { hostname, pathname } = new URL(address);
  const host = hostname.replace(/\.$/, "");
  const path = segmentsOf(decoded(pathname).toLowerCase());
  if (host === "github.com" || host === "www.github.com") return path;
  return host === "api.github.com" && path[0] === "repos" ? path.slice(1) : null;
}

const segmentsOf = (path: string): readonly string[] => path.split("/").filter((segment) => segment !== "");

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What a path on GitHub leads to; a word when it is no path of a repository. */
function pathToken([owner = "", name = "", what, segment = ""]: readonly string[], word: string): Token {
  const repo = `${owner}/${name.replace(/\.git$/, "")}`;
  if (!REPO.test(repo)) return { is: "word", word };
  if (what === undefined) return { is: "repo", repo };
  // `77.diff`, `77?w=1` and `77#discussion` are 77.
  const id = segment.replace(/[.?#].*$/, "");
  const number = NUMBERED.has(what) ? NUMBER.exec(id)?.[1] : undefined;
  if (number !== undefined) return { is: "pull", repo, number, certain: true };
  if (COMMITTED.has(what) && COMMIT.test(id)) return { is: "commit", repo, id };
  // Another page of the repository, such as the list of its pull requests.
  return word.includes("github.com") ? { is: "repo", repo } : { is: "word", word };
}
