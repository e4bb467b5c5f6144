import { z } from "zod";

/** A string with the given description. */
export const text = (meaning: string) => z.string().describe(meaning);
/** A safe integer with the given description. */
export const whole = (meaning: string) => z.int().describe(meaning);
/** A boolean with the given description. */
export const flag = (meaning: string) => z.boolean().describe(meaning);
/** A time: ISO 8601 in UTC with milliseconds. */
export const moment = (meaning: string) => z.string().meta({ description: meaning, format: "date-time" });
/** One of the given words. */
export const oneOf = <const Words extends readonly string[]>(words: Words, meaning: string) =>
  z.enum(words).describe(meaning);
/** A list of strings. */
export const strings = (meaning: string) => z.array(z.string()).describe(meaning);
/** A list of safe integers. */
export const wholes = (meaning: string) => z.array(z.int()).describe(meaning);
/** The value or `null`; `whenNull` describes what `null` means. */
export const orNull = <Schema extends z.ZodType>(schema: Schema, whenNull: string) =>
  schema.nullable().describe(`${schema.description} \`null\`: ${whenNull}.`);

/** Whether a reminder comes before, at or after the time the work is due. */
export const STAGES = ["before", "due", "after"] as const;

export const roleAsOf = orNull(
  moment("When the actor's roles were read, if Slack could not be asked at the moment of the decision."),
  "they were current",
);
export const slot = moment("The moment for which it was planned. It follows from policy and state alone.");
export const stage = oneOf(STAGES, "Where that moment stands to the time at which the work is due.");
export const dueAt = moment("When it is due.");
export const until = moment("The moment until which nobody is reminded.");
export const role = text("The role of the policy whose holders are addressed.");
export const policyHash = text("SHA-256 of the policy file, in hex.");
