import { isSameDeclaration } from "../../domain/bypass/decide/declare.js";
import type { DeclareField, Refusal } from "../../domain/decisions/refusals.js";
import { bypassName } from "../../domain/events/names.js";
import type { SubmittedDeclaration } from "../../usecases/api.js";
import type { BypassRecord, PolicyInForce } from "../../usecases/ports/ports.js";
import { errorsByBlock } from "../forms/values.js";
import { messageModal } from "../interactions/modal-client.js";
import type { SentView } from "../interactions/payload-schemas.js";
import type { HandlerContext, SubmissionHandler } from "../interactions/register.js";
import { refusalText } from "../refusals.js";
import { blockOf, type DeclareMetadata, declareMetadata, fieldChoices, fieldValue } from "./fields.js";
import { FORM_TITLE } from "./view.js";

/** Handles the submitted declaration. Shows all problems at once under their inputs, and keeps what was typed. */
export function submitDeclaration({ breakglass }: HandlerContext): SubmissionHandler {
  return async ({ user, view, commandId }, reply) => {
    const metadata = declareMetadata.read(view.metadata);
    if (metadata === null) {
      return reply.replace(
        messageModal(
          FORM_TITLE,
          "That form could not be read, and nothing was declared. Type `/breakglass` for a new one.",
        ),
      );
    }
    const declaration = readDeclaration(view, metadata);
    const answer = await breakglass.declare({ user }, declaration, commandId);
    if (!answer.ok) return reply.errors(declarationErrors(view, answer.refusal, breakglass.inForce(), declaration));
    if (
      answer.duplicate &&
      !isSameDeclaration(
        { ...declaration, again: declaration.again?.n ?? null },
        answer.record.state,
        answer.record.entries[0]?.texts ?? {},
      )
    ) {
      return reply.replace(messageModal(FORM_TITLE, alreadyRecorded(answer.record)));
    }
    // The alert, the direct messages and the review follow from the record, so the modal only has to close.
    await reply.close(`It is recorded after all: ${bypassName(answer.record.n)}.`);
  };
}

function alreadyRecorded({ n }: BypassRecord): string {
  const name = bypassName(n);
  return `This form was recorded as *${name}* when it was first sent, as it was then; what you changed since was not. \`/breakglass show ${name}\` tells what stands. Withdraw it and declare anew if that is not what you need.`;
}

/** Reads the form as filled in. */
function readDeclaration(view: SentView, metadata: DeclareMetadata): SubmittedDeclaration {
  const value = (field: DeclareField): string | null => fieldValue(view, field);
  return {
    kind: metadata.drill ? "drill" : "bypass",
    path: value("path") ?? metadata.path ?? "",
    gates: fieldChoices(view, "gates"),
    target: value("target") ?? "",
    incident: value("incident"),
    reason: value("reason") ?? "",
    duration: value("duration") ?? "",
    again: metadata.again,
  };
}

/** Puts each problem under its input, and problems without an input under the first one. */
function declarationErrors(
  view: Pick<SentView, "inputs">,
  refusal: Refusal,
  inForce: PolicyInForce,
  { path, again }: SubmittedDeclaration,
): Record<string, string> {
  const problems = refusal.problems ?? [];
  const [first] = view.inputs;
  if (problems.length > 0) {
    return errorsByBlock(
      problems.map(({ field, message }) => ({ block: (field && blockOf(view, field)) ?? first, message })),
    );
  }
  const askRoles = inForce.policy.paths[path]?.whoCanInvoke ?? [];
  const attempt = { tried: "declare", refusal, n: again?.n ?? null, record: null, inForce, askRoles } as const;
  return errorsByBlock([{ block: first, message: refusalText({ ...attempt, style: "plain" }) }]);
}
