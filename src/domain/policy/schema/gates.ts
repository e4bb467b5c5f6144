import { z } from "zod";
import { durationField, lineField, optional, roleName, spanField, textField, withDefault } from "./fields.js";

/** The longest title, in characters: Slack truncates the text of an option there. */
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

const count = z.int().min(1).max(1000).meta({ form: "an integer from 1 to 1000" });

/** Fixed defaults of `thermometer`; the checks across keys read them too. */
export const THERMOMETER_DEFAULTS = { warm_at: 2, sick_at: 3 } as const;

/** When a gate counts as warm and as sick. */
export const thermometerSection = z
  .strictObject({
    window: withDefault(durationField(), "How far back bypasses are counted.", "30d"),
    warm_at: withDefault(count, "From how many bypasses in the window a gate is warm.", THERMOMETER_DEFAULTS.warm_at),
    sick_at: withDefault(count, "From how many bypasses in the window a gate is sick.", THERMOMETER_DEFAULTS.sick_at),
    fix_within: withDefault(spanField, "How long the owner has to fix a sick gate.", "10 business days"),
  })
  .transform((section) => ({
    windowSeconds: section.window,
    warmAt: section.warm_at,
    sickAt: section.sick_at,
    fixWithin: section.fix_within,
  }))
  .meta({ form: "a mapping with window, warm_at, sick_at, fix_within" });
