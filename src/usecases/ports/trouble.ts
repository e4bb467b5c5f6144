import type { Word } from "./readyz-words.js";

/**
 * What a look at the set-up found wrong. What is left out is said by the word; `word: null`: it has none, because it
 * cannot happen to a bot that runs, or shows only to whoever looks.
 */
export type Trouble =
  | { readonly word: Word; readonly problem?: string; readonly fix?: string }
  | { readonly word: null; readonly problem: string; readonly fix: string };
