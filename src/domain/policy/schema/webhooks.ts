import { z } from "zod";
import { isRange } from "../../../lib/inner-addresses.js";
import { PATTERNS } from "../../webhooks/patterns.js";
import { listOf, required, withDefault } from "./fields.js";

/** More than a workspace needs. Each event is stored once for each webhook that wants it. */
const MOST_WEBHOOKS = 20;

/** The environment variable of its secret follows from the name, so two names may not differ by a sign alone. */
const webhookName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
  .max(40)
  .meta({ form: "a name of at most 40 small letters, digits and single `-`, that starts with a letter" });

const webhookUrl = z
  .string()
  .max(2000)
  .meta({ form: "an address that starts with https://, without user, password and fragment" });

const pattern = z
  .enum(PATTERNS)
  .meta({ form: "the name of an event, such as `bypass.expired`, or `bypass.*`, or `*`" });

const range = z
  .string()
  .refine(isRange, { error: "an IP address or a range such as 10.20.0.0/16" })
  .meta({ form: "an IP address or a range such as 10.20.0.0/16" });

/** One receiver of events outside. */
const webhookSection = z
  .strictObject({
    name: required(webhookName, "Its name, by which `WEBHOOK_SECRET_NAME`, the log and the metrics call it."),
    url: required(webhookUrl, "Where each event is posted."),
    events: required(
      listOf(pattern, "a list of at least one event or pattern"),
      "Which events it gets: those of a bypass, its review and its actions, the uses of its grant (`grant.used`), and `gate.*`.",
    ),
    allow_private: withDefault(
      listOf(range, "a list of IP addresses and ranges", 0),
      "Inner addresses that it may be sent to. Without them only public addresses are reached.",
      [],
    ),
  })
  .transform(({ name, url, events, allow_private }) => ({ name, url, events, allowPrivate: allow_private }))
  .meta({ form: "a webhook: name, url, events, allow_private" });

/** The webhooks of the file. */
export const webhooksSection = z.array(webhookSection).max(MOST_WEBHOOKS).meta({ form: "a list of webhooks" });
