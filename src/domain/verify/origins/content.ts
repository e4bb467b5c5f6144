import { readTarget } from "../../bypass/target.js";
import { closingOn, nextOfficeMoment, type OfficeHours, openingOn } from "../../calendar/office-hours.js";
import type { TrailEvent } from "../../events/catalogue/catalogue.js";
import { cleanText } from "../../text/clean.js";
import type { StoredText } from "../stored.js";
import type { AskedContent } from "./asked.js";

/** What an entry holds. */
export interface RecordedContent {
  readonly event: TrailEvent;
  readonly texts: readonly StoredText[];
}

/** Texts that nobody types: the origin itself, and the target in its normalised form, which follows from the typed one. */
const NOT_TYPED: ReadonlySet<string> = new Set(["origin", "target_key"]);

/**
 * Returns in what an entry differs from what the request asks it to hold, each as the rest of "Entry 12: its request …". A
 * redacted text counts as equal.
 */
export function contentDifferences(
  asked: AskedContent,
  { event, texts }: RecordedContent,
  hours: readonly OfficeHours[],
): readonly string[] {
  const fields: Readonly<Record<string, unknown>> = { ...event };
  const found = Object.entries(asked.fields)
    .filter(([name, allowed]) => !allowed.some((value) => plain(value) === plain(fields[name])))
    .map(([name]) => `asks for another ${name}`);
  for (const [name, chosen] of Object.entries(asked.days ?? {})) {
    if (!isMomentOf(chosen, fields[name], hours)) found.push(`asks for another ${name}`);
  }
  const typed = new Map<string, string>(Object.entries(asked.texts));
  for (const { field, text } of texts) {
    if (text === null || NOT_TYPED.has(field)) continue;
    const cleaned = cleanText(typed.get(field) ?? "");
    if (!typed.has(field) || !cleaned.ok || cleaned.text !== text) found.push(`holds another ${field}`);
  }
  for (const field of typed.keys()) {
    if (!texts.some((text) => text.field === field)) found.push(`holds a ${field}, which was not recorded`);
  }
  return event.type === "bypass.declared" ? [...found, ...targetDifferences(asked, event.target.kind, texts)] : found;
}

/**
 * Reads the typed target again. The recorded key is read again, too, so that one in an older spelling still fits; a target
 * that would be refused today says nothing.
 */
function targetDifferences({ texts }: AskedContent, kind: string, stored: readonly StoredText[]): readonly string[] {
  const meant = targetOf(texts.target_typed ?? "");
  if (meant === null) return [];
  const key = stored.find(({ field }) => field === "target_key");
  const isSameKey = key !== undefined && (key.text === null || targetOf(key.text)?.key === meant.key);
  return [
    ...(kind === meant.kind ? [] : ["names another kind of target"]),
    ...(isSameKey ? [] : ["names another target"]),
  ];
}

function targetOf(typed: string) {
  const cleaned = cleanText(typed);
  const read = cleaned.ok ? readTarget(cleaned.text) : null;
  return read?.ok ? read.target : null;
}

/**
 * Whether a time is the one that the chosen day means by the office hours of a policy that may have been in force; without
 * one, nothing can be said. Where an office is closed on a day, its next opening counts, too.
 */
function isMomentOf(
  { day, at }: { readonly day: string | null; readonly at: "opening" | "closing" },
  moment: unknown,
  policies: readonly OfficeHours[],
): boolean {
  if (day === null) return false;
  return (
    policies.length === 0 ||
    policies.some((hours) => {
      const meant = at === "closing" ? closingOn(day, hours) : openingOn(day, hours);
      if (meant === null) return false;
      return moment === (at === "closing" ? meant : nextOfficeMoment(meant, hours)).toISOString();
    })
  );
}

/** A value of a field as one string, the items of a list in any order. */
const plain = (value: unknown): string => JSON.stringify(Array.isArray(value) ? [...value].sort() : value) ?? "";
