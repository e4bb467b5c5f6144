/** One kind of secret, as data. */
export interface RuleData {
  readonly id: string;
  /** Completes "a secret (…)" for sure kinds, and "looks like a …" for others. */
  readonly kind: string;
  /** Whether what it finds is certainly a secret: the shape is a provider's own. Otherwise it merely looks like one. */
  readonly sure: boolean;
  /** In lower case; a text without any of them is not searched. Empty: every text is. */
  readonly keywords: readonly string[];
  /**
   * The source of a regular expression. It runs in time linear in the length of the text: what follows a repetition without
   * an upper bound never makes it try again.
   */
  readonly pattern: string;
  /** `i`: letters of either case match. */
  readonly flags?: "i";
  /** The group that holds the secret. Default: the first that matched, else the whole match. */
  readonly group?: number;
  /** A secret with this entropy or less is none, in bits per character. */
  readonly entropy?: number;
  /** Secrets that are none. */
  readonly allowed?: readonly string[];
  /** Matches, with the name before them, that are none. */
  readonly allowedMatch?: readonly string[];
  /** Lines whose secrets are none. */
  readonly allowedLine?: readonly string[];
  /** A secret that contains one of these words is none; separated by spaces. */
  readonly stopwords?: string;
}

/** What a rule has matched. */
export interface Match {
  /** The secret alone. */
  readonly secret: string;
  /** All groups of the pattern; the whole match is the first. */
  readonly groups: readonly (string | undefined)[];
  /** The text that was searched, and where in it the match begins. */
  readonly text: string;
  readonly index: number;
}

/** A rule of our own. It may judge a match by more than its pattern. */
export interface Rule extends RuleData {
  readonly judge?: (match: Match) => boolean;
}
