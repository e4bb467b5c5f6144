import { z } from "zod";

/** What the review form carries along; nothing in it grants anything. */
export interface ReviewMetadata {
  readonly n: number;
  /** The edition that the form was drawn from; 0 when there was none. */
  readonly edition: number;
  /** Rows for actions. */
  readonly rows: number;
}

/** So many actions can be written in one go; an amendment has room for more. */
export const MOST_ROWS = 5;

const schema = z.strictObject({
  n: z.int().positive().max(999_999_999),
  edition: z.int().min(0).max(1_000_000),
  rows: z.int().min(0).max(MOST_ROWS),
});

export const writeMetadata = (metadata: ReviewMetadata): string => JSON.stringify(metadata);

/** `null` when the text was not written by {@link writeMetadata}. */
export function readMetadata(text: string): ReviewMetadata | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
