/** Everything that a verification can report. */
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
  "origin",
  "checkpoint",
  "head",
  "projection",
  "violation",
  /** What entries call for is neither in the outbox nor accounted for. */
  "delivery",
  /** The database is not as the release makes it. */
  "database",
] as const;

/** What kind of fault `breakglass verify` found. */
export type FindingKind = (typeof FINDING_KINDS)[number];

/** One fault and its entry; `seq` is 0 when it belongs to no entry. Messages never quote text that a person typed. */
export interface Finding {
  readonly seq: number;
  readonly kind: FindingKind;
  readonly message: string;
  /** With `kept_text`: which text, so that the caller can check again; it may have been redacted during the read. */
  readonly field?: string;
}

/** Records a finding. */
export type Found = (finding: Finding) => void;
