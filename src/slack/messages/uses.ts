import { bypassName } from "../../domain/events/names.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { GrantUse, NoticeContent } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { dateToken } from "../block-kit/dates.js";
import { escapeTo } from "../block-kit/escape.js";
import type { MessageBody } from "./context.js";
import { gateName } from "./gate.js";

/** How many digits of a commit are shown. */
const SHORT_COMMIT = 12;

/** The reply in the alert's thread about the runs that used the grant. */
export function usesMessage({ n, uses, total }: Extract<NoticeContent, { kind: "uses" }>, policy: Policy): MessageBody {
  const head = `*${bypassName(n)} was used ${total === 1 ? "once" : `${total} times`}*: these runs were told that they may skip the gate.`;
  const lines = uses.map((use) => `• ${lineOfUse(use, policy)}`);
  const more = total - uses.length;
  const rest = more === 0 ? [] : [`and ${more} more.`];
  return {
    text: [head, ...lines, ...rest].join("\n").replaceAll("*", ""),
    blocks: [section(head, "uses-head"), section([...lines, ...rest].join("\n"), "uses")],
  };
}

/** One use, as a line of a list. */
export function lineOfUse({ gate, run, commit, proven, at }: GrantUse, policy: Policy): string {
  const claimed = proven ? "" : " (claimed by the run)";
  return `${gateName(policy, gate)}: run \`${escapeTo(run.replaceAll("`", "'"), 120)}\`, commit \`${commit.slice(0, SHORT_COMMIT)}\`${claimed}, ${dateToken(at)}`;
}
