import type { KnownBlock } from "@slack/types";
import { bypassName } from "../../domain/events/names.js";
import { type Gate, isNeverBypassed, type Path, type Policy } from "../../domain/policy/policy.js";
import { contextLine, section } from "../block-kit/blocks.js";
import { duration } from "../block-kit/dates.js";
import { escapeTo, joinWithin } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";
import { roleMention, roleName } from "../block-kit/mentions.js";
import { insteadWords } from "./inputs.js";

/** Below Slack's limit of 3000, so that a list is cut between two items. */
const LIST_MAX = 2900;

/** After Break Glass Again: the bypass that this one follows. */
export function followsNote(again: number | null): KnownBlock[] {
  if (again === null) return [];
  return [section(`This follows *${bypassName(again)}* and is a bypass of its own.`, "again")];
}

/** Marks a drill, so that nobody mistakes it for a real bypass. */
export function drillNote(drill: boolean): KnownBlock[] {
  return drill
    ? [
        section(
          "*DRILL*: a rehearsal. It is marked in every message, opens nothing and stays out of the readings.",
          "drill",
        ),
      ]
    : [];
}

/** When to use the path, from the policy key `when`. */
export function whenToUse(path: Path): KnownBlock[] {
  return path.when === null ? [] : [section(`*Use this path when:* ${escapeTo(path.when, 2500)}`, "when")];
}

/** What to do instead of skipping a gate, in full, for each gate whose option had to cut it. */
export function insteadNote(policy: Policy, path: Path): KnownBlock[] {
  const cut = path.gates.flatMap((id) => {
    const gate = policy.gates[id];
    return gate?.instead != null && insteadWords(gate.instead).length > LIMITS.optionText
      ? [insteadOf(gate, gate.instead)]
      : [];
  });
  return cut.length === 0 ? [] : [contextLine(joinWithin(cut, LIST_MAX, "\n"), `insteads:${path.id}`)];
}

const insteadOf = (gate: Gate, instead: string): string =>
  `Instead of *${escapeTo(gate.title, 200)}*: ${escapeTo(instead, 1200)}`;

/** Who must approve and who will be paged, shown before anything is declared. */
export function whoIsAsked(policy: Policy, path: Path): KnownBlock {
  if (!path.requires.secondPersonAck) {
    return contextLine(
      "*This path asks for no second person.* It opens at once, and the alert says that nobody approved it.",
      `asked:${path.id}`,
    );
  }
  const called = joinWithin(
    path.whoCanAck.map((role) => `${roleMention(policy, role)} (${roleName(role)})`),
    1200,
    ", ",
  );
  const steps = [
    ...(path.page === null ? [] : [`${roleName(path.page)} at once`]),
    ...path.ack.escalate.map((step) => `${roleName(step.page)} after ${duration(step.afterSeconds)}`),
  ];
  const paged = steps.length === 0 ? "" : ` Paged until then: ${joinWithin(steps, 1000, ", ")}.`;
  const count = path.ack.needed === 1 ? "One other person" : `${path.ack.needed} other persons`;
  return contextLine(`*Who will be asked:* ${called}. ${count} must approve.${paged}`, `asked:${path.id}`);
}

/** The gates that may never be bypassed, with the policy's reasons. */
export function neverBypassed(policy: Policy): KnownBlock[] {
  const barred = Object.values(policy.gates).filter(({ id }) => isNeverBypassed(policy, id));
  if (barred.length === 0) return [];
  const lines = barred.map((gate) => `*${escapeTo(gate.title, 200)}*: ${escapeTo(gate.neverBypass ?? "", 700)}`);
  return [contextLine(`Never bypassed, whatever happens:\n${joinWithin(lines, LIST_MAX - 60, "\n")}`, "never")];
}
