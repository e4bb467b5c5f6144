import { z } from "zod";

/** What the declare modal carries along; nothing in it grants anything. */
export interface DeclareMetadata {
  /** The path, where only one is open to the person and the menu is left out. */
  readonly path: string | null;
  /** The bypass that this one follows. */
  readonly again: number | null;
  /** A rehearsal. */
  readonly drill: boolean;
}

const schema = z.strictObject({
  path: z.string().min(1).max(63).nullable(),
  again: z.int().positive().max(999_999_999).nullable(),
  drill: z.boolean().default(false),
});

export const writeMetadata = (metadata: DeclareMetadata): string => JSON.stringify(metadata);

/** `null` when the text was not written by {@link writeMetadata}. */
export function readMetadata(text: string): DeclareMetadata | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
