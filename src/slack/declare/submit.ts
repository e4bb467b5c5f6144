import type { ModalView } from "@slack/types";
import { isSameDeclaration } from "../../domain/bypass/decide/declare.js";
import type { Refusal } from "../../domain/decisions/refusals.js";
import { bypassName } from "../../domain/events/names.js";
import type { SubmittedDeclaration } from "../../usecases/api.js";
import type { BypassRecord, PolicyInForce } from "../../usecases/ports/ports.js";
import { askedAboutAlso, withQuestions } from "../forms/ask-about-secrets.js";
import { errorsByBlock } from "../forms/values.js";
import { messageModal } from "../interactions/modal-client.js";
import type { SentView } from "../interactions/payload-schemas.js";
import type { HandlerContext, SubmissionHandler } from "../interactions/register.js";
import { refusalText } from "../refusals.js";
import { blockOf, type DeclareMetadata, declareMetadata, fieldValue, readDeclaration } from "./fields.js";
import { FORM_TITLE, renderAgain } from "./view.js";

/** Handles the submitted declaration. Shows all problems at once under their inputs, and keeps what was typed. */
export function submitDeclaration({ breakglass }: HandlerContext): SubmissionHandler {
  return async (submission, reply) => {
    const { view, commandId } = submission;
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
    const answer = await breakglass.declare(submission, declaration, commandId);
    if (!answer.ok) {
      const inForce = breakglass.inForce();
      const question = questionOf(view, metadata, answer.refusal, inForce, declaration);
      if (question !== null) return reply.replace(question);
      return reply.errors(declarationErrors(view, answer.refusal, inForce, declaration));
    }
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

/**
 * The form again, with a question under each text that looks like a secret, when nothing else is wrong with it: errors come
 * first, so that a person is asked once.
 */
function questionOf(
  view: SentView,
  metadata: DeclareMetadata,
  { problems = [] }: Refusal,
  { policy }: PolicyInForce,
  { path }: SubmittedDeclaration,
): ModalView | null {
  if (problems.length === 0 || problems.some(({ asks }) => asks !== true)) return null;
  const typed = problems.map(({ field }) => fieldValue(view, field) ?? "");
  const askedAbout = askedAboutAlso(metadata.askedAbout, typed);
  const again = renderAgain(policy, view, { ...metadata, askedAbout }, path);
  const questions = problems.map(({ field, message }) => ({ block: blockOf(view, field) ?? "", looks: message }));
  return again === null ? null : withQuestions(again, questions);
}

/** Puts each problem under its input, and problems without an input under the first one. */
function declarationErrors(
  view: Pick<SentView, "inputs">,
  refusal: Refusal,
  inForce: PolicyInForce,
  { path, again }: SubmittedDeclaration,
): Record<string, string> {
  const problems = (refusal.problems ?? []).filter(({ asks }) => asks !== true);
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
