import type { Trouble } from "../../usecases/ports/ports.js";
import { READYZ_WORDS, type Word } from "../../usecases/ports/readyz-words.js";

/** Something that is wrong, and what to do about it. Never holds a secret. */
export interface Finding {
  /** The check that found it. */
  readonly check: string;
  /** The word under which it stands in `/readyz`; `null` if it shows only here. */
  readonly word: Word | null;
  readonly problem: string;
  readonly fix: string;
  /** The bot would not start at all (exit 78). */
  readonly configuration: boolean;
}

/** How one check ended: with findings, with none, or not run, and why. */
export type Outcome = readonly Finding[] | { readonly skipped: string };

/** Names the check of troubles that an adapter found. */
export const findingsOf = (check: string, troubles: readonly Trouble[]): readonly Finding[] =>
  troubles.map((trouble) => ({ check, ...inWords(trouble), configuration: false }));

function inWords(trouble: Trouble): Pick<Finding, "word" | "problem" | "fix"> {
  if (trouble.word === null) return trouble;
  const { word, problem = READYZ_WORDS[word].means, fix = READYZ_WORDS[word].fix } = trouble;
  return { word, problem, fix };
}
