import type { GateCheckAnswer, GateCheckRequest } from "../../../domain/gate-checks/wire.js";

/** The answer as one sentence for the log of the job. */
export function inWords(answer: GateCheckAnswer, { gate, target, commit }: GateCheckRequest): string {
  if (!answer.open) return `Run ${gate}: ${whyClosed(answer, target, commit)} (${answer.reason}).`;
  const { grant, expires_in_s, approved_by, commit_proven } = answer;
  const by = approved_by === "alone" ? "without a second person's approval" : `approved by ${approved_by.join(", ")}`;
  const unproven = commit_proven ? "" : " That the run builds this commit is only its own word.";
  return `Skip ${gate}: ${grant} is active for another ${durationOf(expires_in_s)}, ${by}.${unproven}`;
}

function whyClosed(answer: Extract<GateCheckAnswer, { open: false }>, target: string, commit: string): string {
  const bypass = answer.grant ?? "the bypass";
  switch (answer.reason) {
    case "no_grant":
      return `no active bypass covers it for ${target}`;
    case "expired":
      return `${bypass} has ended`;
    case "other_target":
      return answer.grant === null
        ? `no bypass of it for ${target} is active that this run may use`
        : `${bypass} is for another target than ${target}`;
    case "other_commit":
      return `${bypass} does not cover commit ${commit.slice(0, 12)}`;
    case "drill":
      return `${bypass} is a drill, which opens nothing`;
    case "not_recorded":
      return "the answer could not be recorded, so nothing is skipped";
    default:
      return answer.reason satisfies never;
  }
}

const durationOf = (seconds: number): string => (seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`);
