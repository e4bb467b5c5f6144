import { z } from "zod";
import { ACTORS, type Actor, anyActor } from "./actor.js";
import type { EventDefinition } from "./catalogue/define.js";

/** The format of a body that is written; a reader refuses every other. */
export const FORMAT = 1;

/** Where an entry stands: in the stream of a bypass, or in the system's. */
export type Place = "bypass" | "system";

/** What a body holds whatever its event: everywhere, in the stream of a bypass, beside a review, and in the system's. */
export const FRAME = {
  every: {
    v: z.literal(FORMAT).describe("The format of the body."),
    type: z.string().describe("The type of the event."),
    at: z
      .string()
      .refine((time) => !Number.isNaN(Date.parse(time)))
      .meta({ description: "When it happened, by the clock of the database.", format: "date-time" }),
    actor: anyActor.describe("Who acted."),
    command: z.string().describe("The id of the command that led to it. The entries of one command share it."),
  },
  bypass: {
    version: z.int().positive().describe("The position in the stream, from 1 without gaps."),
    bypass: z
      .string()
      .regex(/^BG-[1-9]\d{0,8}$/)
      .describe("The bypass, in its stream only."),
  },
  review: {
    review: z
      .string()
      .regex(/^REV-[1-9]\d{0,8}$/)
      .describe("The review of that bypass, with the events of a review only. It has the number of the bypass."),
  },
  system: { version: z.null().describe("Entries of the system have none.") },
};

const textHash = z
  .strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) })
  .describe("SHA-256 of the text's nonce and the text. Both lie beside the trail until they are redacted.");

/** A body that was checked: its frame, and whatever its event has besides. */
export interface CheckedBody {
  readonly at: string;
  readonly actor: Actor;
  readonly command: string;
  readonly version: number | null;
  readonly bypass?: string;
  readonly [field: string]: unknown;
}

/** Events of a review name it beside its bypass. */
export const isOfReview = (type: string): boolean => type.startsWith("review.");

/**
 * All that a body with that event holds in that place: its frame, the fields of the event, and a hash for each text that
 * it carries. Anything more is refused.
 * @param actor who may act; anybody, where only the shape is in question and the invariants are judged elsewhere
 */
export function bodySchema(
  { type, fields, texts }: EventDefinition,
  place: Place,
  actor: z.ZodType<Actor> = anyActor,
): z.ZodType<CheckedBody> {
  return z.strictObject({
    ...FRAME.every,
    type: z.literal(type),
    actor,
    ...FRAME[place],
    ...(place === "bypass" && isOfReview(type) ? FRAME.review : {}),
    ...fields,
    ...Object.fromEntries(texts.map((field) => [field, textHash.optional()])),
  });
}

/** The schema of those who may cause an event. */
export function actorSchema({ actor }: EventDefinition): z.ZodType<Actor> {
  return actor === "both" ? anyActor : ACTORS[actor];
}
