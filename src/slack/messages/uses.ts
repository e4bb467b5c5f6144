import type { SectionBlock } from "@slack/types";
import { bypassName } from "../../domain/events/names.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { GrantUse, NoticeContent, RecordedUses } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { dateToken } from "../block-kit/dates.js";
import { escapeTo } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";
import type { MessageBody, MessageContext } from "./context.js";
import { gateName } from "./gate.js";

/** How many digits of a commit are shown. */
const SHORT_COMMIT = 12;
/** What a list may take of a block, in UTF-16 code units: the heading needs the rest. */
const LIST_LENGTH = LIMITS.sectionText - 200;

/** The reply in the alert's thread about the runs that used the grant. */
export function usesMessage(content: Extract<NoticeContent, { kind: "uses" }>, policy: Policy): MessageBody {
  const { n, total } = content;
  const head = `*${bypassName(n)} was used ${total === 1 ? "once" : `${total} times`}*: pipelines were told that they may skip the gate.`;
  const list = listOf(content, policy);
  return { text: `${head}\n${list}`.replaceAll("*", ""), blocks: [section(head, "uses-head"), section(list, "uses")] };
}

/**
 * The runs that used the grant, as a block of the record and of the review. Without one it says so, where pipelines may ask at
 * all: what was allowed was not needed, or was done by hand.
 */
export function usesInRecord({ record: { state, uses }, policy }: MessageContext): readonly SectionBlock[] {
  if (uses === undefined || !("grant" in state) || state.kind === "drill") return [];
  if (uses.total === 0) return policy.ci.issuers.length === 0 ? [] : [section("*Used by no pipeline*", "uses")];
  const head = `*Used by ${uses.total === 1 ? "one run of a pipeline" : `${uses.total} runs of pipelines`}*`;
  return [section(`${head}\n${listOf(uses, policy)}`, "uses")];
}

/** As many of the uses as fit. */
function listOf({ uses, total }: RecordedUses, policy: Policy): string {
  const lines: string[] = [];
  let room = LIST_LENGTH;
  for (const use of uses) {
    const line = `• ${lineOfUse(use, policy)}`;
    room -= line.length + 1;
    if (room < 0) break;
    lines.push(line);
  }
  const more = total - lines.length;
  return [...lines, ...(more === 0 ? [] : [`• and ${more} more`])].join("\n");
}

/** One use, as a line of a list. */
function lineOfUse({ gate, run, commit, proven, at }: GrantUse, policy: Policy): string {
  const claimed = proven ? "" : " (claimed by the run)";
  return `${gateName(policy, gate)}: run \`${escapeTo(run.replaceAll("`", "'"), 120)}\`, commit \`${commit.slice(0, SHORT_COMMIT)}\`${claimed}, ${dateToken(at)}`;
}
