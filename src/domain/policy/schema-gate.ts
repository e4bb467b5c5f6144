import { z } from "zod";
import { lineField, optional, roleName, textField } from "./fields.js";

/** The longest title, in characters: Slack cuts the text of an option off there. */
export const TITLE_MAX = 75;

/** A gate as the file writes it. */
export const gateSection = z
  .strictObject({
    title: optional(lineField(TITLE_MAX, "a title"), "What people read for the gate.", "the gate's name"),
    owner: optional(roleName, "The role that owns the gate and fixes it when it is sick.", "the first role of `roles`"),
    instead: optional(
      textField(300, "a text"),
      "What to do instead of the gate; shown to the requester in the modal.",
      "nothing is shown",
    ),
    never_bypass: optional(
      textField(300, "a reason"),
      "Why no path may ever bypass this gate; shown in the modal. A gate with this key cannot be named in a path.",
      "the gate may be bypassed",
    ),
  })
  .meta({ form: "a gate: title, owner, instead, never_bypass" });
