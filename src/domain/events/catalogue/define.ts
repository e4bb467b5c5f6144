import type { z } from "zod";

/** The stream of an event: a bypass's, the system's, or either. */
export type EventStream = "bypass" | "system" | "both";
/** Who may cause an event: a person, a part of Breakglass, or either. */
export type EventActor = "person" | "system" | "both";

/** Every free text that an event may carry. Texts are stored apart, so that redacting one leaves the chain intact. */
export const TEXT_FIELDS = ["reason", "target_typed", "target_key", "line", "policy", "lesson", "origin"] as const;
/** One of {@link TEXT_FIELDS}. */
export type TextField = (typeof TEXT_FIELDS)[number];

/** The meaning of each text, for the reference page. */
export const TEXT_MEANINGS: Readonly<Record<TextField, string>> = {
  reason: "Why the person did it, in their own words.",
  target_typed: "What the gates are skipped for, as the requester typed it.",
  target_key: "The same target, normalised, so that two ways of writing it compare as equal.",
  line: "A line that a person wrote down: what was done, how they saw it, or what is to be done.",
  policy: "The whole policy file.",
  lesson: "What the review teaches.",
  origin:
    "What proves where a person's act came from: the request as Slack signed it, or the id of its Socket Mode envelope. Every event that a person may cause carries it.",
};

/** Defines one event of the trail; its type, schema, database row and reference section are derived from this. */
export interface EventDefinition<
  Type extends string = string,
  Stream extends EventStream = EventStream,
  Fields extends EventFields = EventFields,
> {
  readonly type: Type;
  readonly stream: Stream;
  readonly actor: EventActor;
  /** The texts that it may carry, all optional. An event that a person may cause carries its origin as well. */
  readonly texts: readonly TextField[];
  /** What has happened, in one sentence. */
  readonly meaning: string;
  /** What the body holds besides its frame and the hashes of its texts. Every field is required. */
  readonly fields: Fields;
}

/** The fields of an event by name. */
export type EventFields = Readonly<Record<string, z.ZodType>>;
type NoFields = Readonly<Record<never, never>>;

/** Defines an event. Without `texts` it carries none; without `fields` it has none. */
export function defineEvent<const Type extends string, const Stream extends EventStream, Fields extends EventFields>(
  definition: Omit<EventDefinition<Type, Stream, Fields>, "texts"> & { readonly texts?: readonly TextField[] },
): EventDefinition<Type, Stream, Fields>;
export function defineEvent<const Type extends string, const Stream extends EventStream>(
  definition: Omit<EventDefinition<Type, Stream>, "texts" | "fields"> & { readonly texts?: readonly TextField[] },
): EventDefinition<Type, Stream, NoFields>;
export function defineEvent(
  definition: Omit<EventDefinition, "texts" | "fields"> & Partial<EventDefinition>,
): EventDefinition {
  const { texts = [], actor } = definition;
  return { fields: {}, ...definition, texts: actor === "system" ? texts : [...texts, "origin"] };
}

/** A type with every property readonly, recursively. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** The output type of a schema, deeply readonly. */
export type Infer<Schema extends z.ZodType> = DeepReadonly<z.infer<Schema>>;

/**
 * The event type of a definition: its `type` and its fields. A union of definitions gives the union of their events.
 */
export type EventOf<Definition extends EventDefinition> = Definition extends EventDefinition
  ? {
      readonly [K in "type" | keyof Definition["fields"]]: K extends "type"
        ? Definition["type"]
        : K extends keyof Definition["fields"]
          ? Infer<Definition["fields"][K]>
          : never;
    }
  : never;

/** Creates a type guard for the events that a list defines. */
export function isOneOf<Event extends { readonly type: string }>(
  definitions: readonly { readonly type: Event["type"] }[],
): (event: { readonly type: string }) => event is Event {
  const types: ReadonlySet<string> = new Set(definitions.map(({ type }) => type));
  return (event): event is Event => types.has(event.type);
}
