import { z } from "zod";
import { ACTORS, type Actor, anyActor } from "./actor.js";
import type { EventDefinition } from "./catalogue/define.js";

/** The format version of a body. Readers reject every other version. */
export const FORMAT = 1;

/** The stream of an entry: a bypass's, or the system's. */
export type Place = "bypass" | "system";

/**
 * Fields of a body besides those of its event: of every entry, of a bypass's stream, of a review, of the system's
 * stream.
 */
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

/** A validated body: the frame and the fields of its event. */
export interface CheckedBody {
  readonly at: string;
  readonly actor: Actor;
  readonly command: string;
  readonly version: number | null;
  readonly bypass?: string;
  readonly [field: string]: unknown;
}

/** Whether an event belongs to a review. Its body then names the review as well as the bypass. */
export const isOfReview = (type: string): boolean => type.startsWith("review.");

/**
 * The schema of a body: its frame, the fields of its event, and an optional hash for each text that the event carries. It
 * rejects anything else.
 * @param actor who may cause the event; by default any actor, for readers that leave this to the invariants
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

/** The schema of the actors that may cause an event. */
export function actorSchema({ actor }: EventDefinition): z.ZodType<Actor> {
  return actor === "both" ? anyActor : ACTORS[actor];
}
