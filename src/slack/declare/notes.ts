import type { KnownBlock } from "@slack/types";
import { bypassName } from "../../domain/bypass/number.js";
import type { Gate, Path, Policy } from "../../domain/policy/policy.js";
import { duration } from "../block-kit/dates.js";
import { escapeTo, joinWithin, truncate } from "../block-kit/escape.js";
import { roleMention, roleName } from "../block-kit/mentions.js";
import { insteadWords, OPTION_MAX } from "./inputs.js";

/** Somewhat below Slack's bound on the markup of one block. */
const MARKUP_MAX = 2900;

function markup(id: string, text: string): KnownBlock {
  return { type: "section", block_id: id, text: { type: "mrkdwn", text: truncate(text, MARKUP_MAX), verbatim: true } };
}

function small(id: string, text: string): KnownBlock {
  return {
    type: "context",
    block_id: id,
    elements: [{ type: "mrkdwn", text: truncate(text, MARKUP_MAX), verbatim: true }],
  };
}

/** Which bypass this one comes after, where Break Glass Again was pressed. */
export function follows(again: number | null): KnownBlock[] {
  if (again === null) return [];
  return [markup("again", `This follows *${bypassName(again)}* and is a bypass of its own.`)];
}

/** Nobody must take a rehearsal for the real thing, or the other way round. */
export function rehearses(drill: boolean): KnownBlock[] {
  return drill
    ? [
        markup(
          "drill",
          "*DRILL*: a rehearsal. It is marked in every message, opens nothing and stays out of the readings.",
        ),
      ]
    : [];
}

/** What the policy says about when the path is for. */
export function whenToUse(path: Path): KnownBlock[] {
  return path.when === null ? [] : [markup("when", `*Use this path when:* ${escapeTo(path.when, 2500)}`)];
}

/** What to do instead of a gate, in full where the option had to cut it. */
export function insteads(policy: Policy, path: Path): KnownBlock[] {
  const cut = path.gates.flatMap((id) => {
    const gate = policy.gates[id];
    return gate?.instead != null && insteadWords(gate.instead).length > OPTION_MAX
      ? [insteadOf(gate, gate.instead)]
      : [];
  });
  return cut.length === 0 ? [] : [small(`insteads:${path.id}`, joinWithin(cut, MARKUP_MAX, "\n"))];
}

const insteadOf = (gate: Gate, instead: string): string =>
  `Instead of *${escapeTo(gate.title, 200)}*: ${escapeTo(instead, 1200)}`;

/** Who must approve and who is paged, before anything is declared. */
export function whoIsAsked(policy: Policy, path: Path): KnownBlock {
  if (!path.requires.secondPersonAck) {
    return small(
      `asked:${path.id}`,
      "*This path asks for no second person.* It opens at once, and the alert says that nobody approved it.",
    );
  }
  const called = joinWithin(
    path.whoCanAck.map((role) => `${roleMention(policy, role)} (${roleName(role)})`),
    1200,
    ", ",
  );
  const rungs = [
    ...(path.page === null ? [] : [`${roleName(path.page)} at once`]),
    ...path.ack.escalate.map((rung) => `${roleName(rung.page)} after ${duration(rung.afterSeconds)}`),
  ];
  const paged = rungs.length === 0 ? "" : ` Paged until then: ${joinWithin(rungs, 1000, ", ")}.`;
  const count = path.ack.needed === 1 ? "One other person" : `${path.ack.needed} other persons`;
  return small(`asked:${path.id}`, `*Who will be asked:* ${called}. ${count} must approve.${paged}`);
}

/** The gates that the policy bars, with its reasons. */
export function neverBypassed(policy: Policy): KnownBlock[] {
  const barred = Object.values(policy.gates).filter((gate) => gate.neverBypass !== null);
  if (barred.length === 0) return [];
  const lines = barred.map((gate) => `*${escapeTo(gate.title, 200)}*: ${escapeTo(gate.neverBypass ?? "", 700)}`);
  return [small("never", `Never bypassed, whatever happens:\n${joinWithin(lines, MARKUP_MAX - 60, "\n")}`)];
}
