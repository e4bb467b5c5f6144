import { z } from "zod";
import { incidentsMeant } from "../../domain/bypass/decide/read-declaration.js";
import type { TextField } from "../../domain/events/catalogue/define.js";
import { parseDuration } from "../../domain/policy/durations.js";
import type { Act, AskedAbout, AskedWhat } from "../../domain/verify/origins/asked.js";
import { type FormName, parseGateValue, VIEWS } from "../actions.js";
import { declareMetadata, readDeclaration } from "../declare/fields.js";
import { FORM_DAY, FORM_TEXT, subjectMetadata } from "../forms/small-form.js";
import { CARRIED_BYPASS, jsonMetadata, textIn, valueIn } from "../forms/values.js";
import type { SentView } from "../interactions/payload-schemas.js";
import { type ReviewMetadata, readForm, reviewMetadata, withoutEmptyRows } from "../review/fields.js";

interface FormAct {
  readonly act: Act;
  /** The text that its input becomes; `null`: the input is only a confirmation. */
  readonly text: TextField | null;
  readonly fields?: AskedWhat["fields"];
  /** Whether a day is chosen, until which something is put off. */
  readonly until?: true;
}

const SMALL_FORMS: Readonly<Record<FormName, FormAct>> = {
  deny: { act: "deny", text: "reason" },
  revoke: { act: "revoke", text: "reason" },
  proceedAlone: { act: "proceed_alone", text: null },
  addView: { act: "add_view", text: "line" },
  putOffReview: { act: "put_off_review", text: "reason", until: true },
  dropAction: { act: "end_action", text: "reason", fields: { outcome: ["dropped"] } },
  putOffAction: { act: "put_off_action", text: "reason", until: true },
  gateChanged: { act: "fix_gate", text: "reason", fields: { how: ["changed"] } },
  gateRetired: { act: "fix_gate", text: "reason", fields: { how: ["retired"] } },
  putOffGate: { act: "put_off_gate", text: "reason", until: true },
};

/** What a submitted form asks for; `null` for a form that is not ours. */
export function askedByForm(view: SentView): AskedWhat | null {
  if (view.callbackId === VIEWS.declare) return askedByDeclaration(view);
  if (view.callbackId === VIEWS.review) {
    const metadata = reviewMetadata.read(view.metadata);
    if (metadata === null) return null;
    return { act: "submit_review", about: bypass(metadata.about), ...askedByReview(view, metadata) };
  }
  const form = Object.entries(SMALL_FORMS).find(([name]) => VIEWS[name as FormName] === view.callbackId)?.[1];
  const subject = form === undefined ? null : subjectIn(subjectMetadata(view.metadata) ?? "");
  if (form === undefined || subject === null) return null;
  const { act, text, fields = {}, until = false } = form;
  return {
    act,
    about: subject.about,
    texts: text === null ? {} : { [text]: textIn(view, FORM_TEXT) },
    fields: { ...fields, ...subject.fields },
    days: until ? { until: { day: valueIn(view, FORM_DAY), at: "opening" } } : {},
  };
}

/** The edition, and each new action in an entry of its own. */
function askedByReview(view: SentView, metadata: ReviewMetadata): Omit<AskedWhat, "act" | "about"> {
  const { edition, verdict, gatesAtFault, forcedBy, aftermath, lesson, actions } = withoutEmptyRows(
    readForm(view, metadata),
  );
  return {
    texts: { lesson },
    fields: {
      edition: [edition + 1],
      verdict: [verdict],
      gatesAtFault: [[...new Set(gatesAtFault)]],
      forcedBy: [forcedBy],
      aftermath: [aftermath],
    },
    follows: actions.map(({ what, owner, due }) => ({
      type: "action.opened",
      texts: { line: what },
      fields: { owner: [owner] },
      days: { dueAt: { day: due, at: "closing" } },
    })),
  };
}

function askedByDeclaration(view: SentView): AskedWhat | null {
  const metadata = declareMetadata.read(view.metadata);
  if (metadata === null) return null;
  const { kind, path, gates, target, reason, duration, again, ...declaration } = readDeclaration(view, metadata);
  const incident = declaration.incident ?? "";
  const fields = {
    kind: [kind],
    path: [path],
    gates: [[...new Set(gates)]],
    incident: incident.trim() === "" ? [null] : incidentsMeant(incident),
    durationSeconds: [parseDuration(duration)],
    again: [again?.n ?? null],
  };
  return { act: "declare", about: { kind: "new", again }, texts: { reason, target_typed: target }, fields };
}

const aboutBypass = jsonMetadata(CARRIED_BYPASS);
const aboutReview = jsonMetadata(z.object({ about: CARRIED_BYPASS, which: z.int().optional() }));

function subjectIn(metadata: string): Pick<AskedWhat, "about" | "fields"> | null {
  const carried = aboutBypass.read(metadata);
  if (carried !== null) return { about: bypass(carried), fields: {} };
  const review = aboutReview.read(metadata);
  if (review !== null) {
    const { about, which } = review;
    return { about: bypass(about), fields: about.at === 1 || which === undefined ? {} : { action: [which] } };
  }
  const item = parseGateValue(metadata);
  return item === null ? null : { about: { kind: "gate", ...item }, fields: {} };
}

/** A bypass, or an action of its review, which is named by the entry that opened it. */
const bypass = ({ n, at, identity }: z.infer<typeof CARRIED_BYPASS>): AskedAbout =>
  at === 1 ? { kind: "bypass", n, identity } : { kind: "action", n, version: at, identity };
