/** Everything that a verification can find. */
export const FINDING_KINDS = [
  "missing_entries",
  "out_of_order",
  "broken_link",
  "altered_body",
  "altered_hash",
  "unreadable_body",
  "not_canonical",
  "wrong_stream",
  "wrong_version",
  "wrong_number",
  "repeated_command",
  "altered_text",
  "missing_text",
  "surplus_text",
  "lost_text",
  "kept_text",
  "checkpoint",
  "head",
  "projection",
  "violation",
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** One thing that is wrong, and where; `seq` 0 when it belongs to no entry. Messages quote no text of a person. */
export interface Finding {
  readonly seq: number;
  readonly kind: FindingKind;
  readonly message: string;
  /** With `kept_text`: which text, so that a reader can look again; it may have been redacted while he read. */
  readonly field?: string;
}

/** Takes a finding down. */
export type Found = (finding: Finding) => void;
