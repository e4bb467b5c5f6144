import type { DeclaredTarget } from "../events/catalogue/bypass.js";
import type { PathTarget } from "../policy/policy.js";
import { lookOf } from "../text/look-alikes.js";
import { referencesIn } from "./targets/references.js";

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

const TOO_LONG = {
  ok: false,
  message: `Keep the target to ${MAX_TARGET} characters; the reason has room for more.`,
} as const;

/** The key of a target in words, written again, is that target. */
const TEXT_PREFIX = /^(?:text: ?)+/;

/**
 * Reads a typed target by what it holds: a GitHub pull request or commit (its address, `o/r#1`, `o/r@sha`, or `PR 1 of
 * o/r`), `service:name` or `db:name`, also with words around it. Anything else is kept as text, and two references are
 * refused. Case and look-alike letters do not matter. The key of a target, read again, gives the same key.
 */
export function readTarget(typed: string): ParsedTarget {
  // Before anything is looked for in it. What cannot be seen may make it somewhat longer.
  if (typed.length > 2 * MAX_TARGET) return TOO_LONG;
  const text = plain(typed);
  if (text === "") return { ok: false, message: TARGET_MISSING };
  if (text.length > MAX_TARGET) return TOO_LONG;
  const references = referencesIn(text);
  const [reference, second] = references;
  if (reference === undefined) return { ok: true, target: { kind: "text", key: `text:${text}` } };
  if (second !== undefined)
    return {
      ok: false,
      message: `This names ${references.map(({ key }) => key).join(" and ")}. Declare each by itself: one target, one bypass.`,
    };
  if (reference.kind === "github-commit" && !/@[0-9a-f]{40}$/.test(reference.key))
    return {
      ok: false,
      message: "Give the commit's full id of 40 digits: a short one can come to mean another commit.",
    };
  return { ok: true, target: reference };
}

/** The text for reading: as it looks, without the prefix of its key, and without the punctuation left by pasting. */
const plain = (typed: string): string =>
  lookOf(typed)
    .replace(TEXT_PREFIX, "")
    .replace(/[ .,;:!?/]+$/, "");

/** The word for each kind of target in the policy key `target` of a path. */
const PATH_TARGET = {
  "github-pr": "github",
  "github-commit": "github",
  service: "service",
  db: "db",
  text: "text",
} as const satisfies Record<Target["kind"], PathTarget>;

const IN_WORDS: Readonly<Record<PathTarget, string>> = {
  github: "a pull request or commit (its address, or owner/repo#123)",
  service: "service:name",
  db: "db:name",
  text: "a few words",
};

/** How the targets that a path takes are written: `service:name or db:name`. */
export function targetsInWords(taken: readonly PathTarget[]): string {
  const words = taken.map((target) => IN_WORDS[target]);
  const last = words.pop() ?? "";
  return words.length === 0 ? last : `${words.join(", ")} or ${last}`;
}

/** Whether a path that takes these targets takes one of that kind. */
export const isTaken = (taken: readonly PathTarget[], kind: Target["kind"]): boolean =>
  taken.includes(PATH_TARGET[kind]);

/** Whether two targets of that kind can be told to be the same. Words can always be put another way. */
export const isComparable = (kind: Target["kind"]): boolean => kind !== "text";
