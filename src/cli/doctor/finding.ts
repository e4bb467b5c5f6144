/** Something that is wrong, and what to do about it. Never holds a secret. */
export interface Finding {
  /** The check that found it. */
  readonly check: string;
  /** The word under which it stands in `/readyz`; `null` if it shows only here. */
  readonly word: string | null;
  readonly problem: string;
  readonly mend: string;
  /** The bot would not start at all (exit 78). */
  readonly configuration: boolean;
}

/** How one check ended: with findings, with none, or not run, and why. */
export type Outcome = readonly Finding[] | { readonly skipped: string };

/** Names the check of troubles that an adapter found. */
export const findingsOf = (
  check: string,
  troubles: readonly { readonly word?: string | null; readonly problem: string; readonly mend: string }[],
): readonly Finding[] =>
  troubles.map(({ word = null, problem, mend }) => ({ check, word, problem, mend, configuration: false }));
