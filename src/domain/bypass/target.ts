import type { DeclaredTarget } from "../events/catalogue/bypass.js";

/** What the gates are skipped for, normalised so that two spellings of one target are equal. */
export interface Target {
  readonly kind: DeclaredTarget["kind"];
  /** `github:o/r#1`, `github:o/r@<40 hex>`, `service:name`, `db:name` or `text:…`, in lower case. */
  readonly key: string;
}

/** A target as it was typed, read and normalised, or why it cannot be one. */
export type ParsedTarget =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly message: string };

/** The sentence for a target that was left empty. */
export const TARGET_MISSING =
  "Say what the gates are skipped for, such as payments-api#4821 with its owner: acme/payments-api#4821.";

/** The longest target that may be typed, in UTF-16 code units. */
export const MAX_TARGET = 200;

const REPO = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}";
const PULL = new RegExp(
  `^(?:(?:github:)?(${REPO})#|(?:https?://)?(?:www\\.)?github\\.com/(${REPO})/pull/)([1-9]\\d{0,8})(?:[/?#].*)?$`,
  "i",
);
const COMMIT = new RegExp(
  `^(?:(?:github:)?(${REPO})@|(?:https?://)?(?:www\\.)?github\\.com/(${REPO})/commit/)([0-9a-f]{7,64})(?:[/?#].*)?$`,
  "i",
);
const NAMED = /^(service|db):\s*([A-Za-z0-9][A-Za-z0-9._/-]{0,99})$/i;

/**
 * Parses a typed target: a GitHub pull request or commit (as a URL, `o/r#1` or `o/r@sha`), `service:name` or `db:name`;
 * anything else is kept as text. Names are compared case-insensitively, as GitHub does.
 */
export function readTarget(typed: string): ParsedTarget {
  const text = normalise(typed);
  if (text === "") return { ok: false, message: TARGET_MISSING };
  if (text.length > MAX_TARGET)
    return { ok: false, message: `Keep the target to ${MAX_TARGET} characters; the reason has room for more.` };
  const pull = PULL.exec(text);
  if (pull) return found("github-pr", `github:${repo(pull)}#${pull[3]}`);
  const commit = COMMIT.exec(text);
  if (commit) {
    if (commit[3]?.length !== 40)
      return {
        ok: false,
        message: "Give the commit's full id of 40 digits: a short one can come to mean another commit.",
      };
    return found("github-commit", `github:${repo(commit)}@${commit[3]}`);
  }
  const named = NAMED.exec(text);
  if (named) return found(named[1]?.toLowerCase() === "db" ? "db" : "service", `${named[1]}:${named[2]}`);
  return found("text", `text:${text}`);
}

/** `owner/name`, from whichever of the two notations matched. */
const repo = (match: RegExpExecArray): string => (match[1] ?? match[2] ?? "").replace(/\.git$/i, "");

/**
 * Gives spellings that look alike one form: folds compatibility forms and spaces, drops invisible joiners, combining
 * marks and punctuation left at the end by pasting. Look-alike letters of other alphabets stay distinct.
 */
function normalise(typed: string): string {
  return typed
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Mn}]/gu, "")
    .replace(/\s+/g, " ")
    .replace(/\s*([#:@])\s*/g, "$1")
    .trim()
    .replace(/[\s.,;:!?/]+$/, "");
}

function found(kind: Target["kind"], key: string): ParsedTarget {
  return { ok: true, target: { kind, key: key.toLowerCase() } };
}
