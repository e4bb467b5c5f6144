import { z } from "zod";
import { oneOf, text } from "./catalogue/fields.js";

const person = z
  .strictObject({
    kind: z.literal("person").describe("The kind of actor."),
    user: text("The Slack user id of the account, `U…` or `W…`."),
    person: text("The policy's name for the human, or the user id of an account that stands for itself."),
  })
  .describe("A person, by the account they used.");

const system = z
  .strictObject({
    kind: z.literal("system").describe("The kind of actor."),
    part: oneOf(
      ["bot", "checks", "clock", "command_line", "delivery", "directory", "policy"],
      "The part of Breakglass that acted.",
    ),
  })
  .describe("Breakglass itself.");

/** Who acted, by kind. */
export const ACTORS = { person, system } as const;

/** Who acted, whichever kind it is. */
export const anyActor = z.discriminatedUnion("kind", [person, system]);

/**
 * A person who acts. `user` is an immutable Slack user id; `person` is the human behind one or more accounts (policy
 * key `people`). Rules compare persons, not accounts.
 */
export type Person = Readonly<z.infer<typeof person>>;

/** The part of Breakglass that acted when no person did. */
export type System = Readonly<z.infer<typeof system>>;

/** Who did what an entry records. */
export type Actor = Person | System;
