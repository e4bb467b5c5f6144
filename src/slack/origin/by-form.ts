import { z } from "zod";
import type { TextField } from "../../domain/events/catalogue/define.js";
import type { Act, AskedAbout, AskedWhat } from "../../domain/verify/origins/asked.js";
import { type FormName, parseGateValue, VIEWS } from "../actions.js";
import { declareMetadata, readDeclaration } from "../declare/fields.js";
import { FORM_TEXT, subjectMetadata } from "../forms/small-form.js";
import { CARRIED_BYPASS, jsonMetadata, textIn } from "../forms/values.js";
import type { SentView } from "../interactions/payload-schemas.js";
import { readForm, reviewMetadata } from "../review/fields.js";

interface FormAct {
  readonly act: Act;
  /** The text that its input becomes; `null`: the input is only a confirmation. */
  readonly text: TextField | null;
  readonly fields?: AskedWhat["fields"];
}

const SMALL_FORMS: Readonly<Record<FormName, FormAct>> = {
  deny: { act: "deny", text: "reason" },
  revoke: { act: "revoke", text: "reason" },
  proceedAlone: { act: "proceed_alone", text: null },
  addView: { act: "add_view", text: "line" },
  putOffReview: { act: "put_off_review", text: "reason" },
  dropAction: { act: "end_action", text: "reason", fields: { outcome: ["dropped"] } },
  putOffAction: { act: "put_off_action", text: "reason" },
  gateChanged: { act: "fix_gate", text: "reason", fields: { how: ["changed"] } },
  gateRetired: { act: "fix_gate", text: "reason", fields: { how: ["retired"] } },
  putOffGate: { act: "put_off_gate", text: "reason" },
};

/** What a submitted form asks for; `null` for a form that is not ours. */
export function askedByForm(view: SentView): AskedWhat | null {
  if (view.callbackId === VIEWS.declare) return askedByDeclaration(view);
  if (view.callbackId === VIEWS.review) {
    const metadata = reviewMetadata.read(view.metadata);
    if (metadata === null) return null;
    const { lesson } = readForm(view, metadata);
    return { act: "submit_review", about: bypass(metadata.about), texts: { lesson }, fields: {} };
  }
  const form = Object.entries(SMALL_FORMS).find(([name]) => VIEWS[name as FormName] === view.callbackId)?.[1];
  const about = form === undefined ? null : subjectIn(subjectMetadata(view.metadata) ?? "");
  if (form === undefined || about === null) return null;
  const { act, text, fields = {} } = form;
  return { act, about, texts: text === null ? {} : { [text]: textIn(view, FORM_TEXT) }, fields };
}

function askedByDeclaration(view: SentView): AskedWhat | null {
  const metadata = declareMetadata.read(view.metadata);
  if (metadata === null) return null;
  const { kind, path, gates, target, reason } = readDeclaration(view, metadata);
  const fields = { kind: [kind], path: [path], gates: [[...new Set(gates)]] };
  return { act: "declare", about: { kind: "other" }, texts: { reason, target_typed: target }, fields };
}

const aboutBypass = jsonMetadata(CARRIED_BYPASS);
const aboutReview = jsonMetadata(z.object({ about: CARRIED_BYPASS }));

function subjectIn(metadata: string): AskedAbout | null {
  const ref = aboutBypass.read(metadata) ?? aboutReview.read(metadata)?.about ?? null;
  if (ref !== null) return bypass(ref);
  const item = parseGateValue(metadata);
  return item === null ? null : { kind: "gate", gate: item.gate, item: item.item };
}

/** An action is named by the entry that opened it; that is not the identity of its bypass. */
const bypass = ({ n, at, identity }: z.infer<typeof CARRIED_BYPASS>): AskedAbout => ({
  kind: "bypass",
  n,
  identity: at === 1 ? identity : null,
});
