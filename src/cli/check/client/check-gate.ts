import { COMMIT_PATTERN, LONGEST_TARGET } from "../../../domain/gate-checks/forms.js";
import { RUN_PATTERN } from "../../../domain/gate-checks/run-id.js";
import type { GateCheckAnswer, GateCheckRequest } from "../../../domain/gate-checks/wire.js";
import { NAME_PATTERN } from "../../../domain/policy/name-pattern.js";
import { safeAddress } from "../../../lib/safe-address.js";
import { EXIT, type ExitCode } from "../../command.js";
import { ask } from "./ask.js";
import { findToken } from "./identity-token.js";
import { inWords } from "./in-words.js";
import { type Pipeline, pipelineOf } from "./pipelines.js";
import { pullRequestOf } from "./pull-request.js";
import type { World } from "./world.js";

/** What was given by hand. What was not comes from the environment of the job, where its CI system is known. */
export interface CheckOptions extends Partial<GateCheckRequest> {
  /** The audience of the identity token. */
  readonly audience: string;
}

/** What to do about the gate. Only `code` 0 skips it. */
export interface Outcome {
  readonly code: ExitCode;
  /** One sentence that says what to do and why. It may hold what others wrote. */
  readonly line: string;
  readonly question: GateCheckRequest | null;
  readonly answer: GateCheckAnswer | null;
}

/**
 * Asks the bot whether this run may skip a gate. Whatever goes wrong, the outcome is to run it: nothing is thrown but a fault
 * of this program.
 */
export async function checkGate(options: CheckOptions, world: World): Promise<Outcome> {
  const signal = AbortSignal.timeout(world.deadlineMs);
  const pipeline = pipelineOf(world.env, await pullRequestOf(world));
  const asked = questionOf(options, pipeline);
  if ("fault" in asked) return run(EXIT.wrongUsage, options.gate, asked.fault);
  const { question } = asked;
  const stop = (code: ExitCode, why: string): Outcome => ({ ...run(code, question.gate, why), question });

  const address = world.env.BREAKGLASS_URL?.trim() ?? "";
  if (address === "") return stop(EXIT.faultyConfiguration, "BREAKGLASS_URL, the address of the bot, is not set");
  const base = safeAddress(address);
  if (base === null || base.search !== "" || base.hash !== "")
    return stop(
      EXIT.faultyConfiguration,
      "BREAKGLASS_URL must start with https:// and have no user, query or fragment",
    );
  const found = await findToken(world, options.audience, signal);
  if ("missing" in found) return stop(EXIT.faultyConfiguration, `BREAKGLASS_TOKEN is not set${hintOf(pipeline)}`);
  if ("fault" in found) return stop(EXIT.couldNotLook, found.fault);
  // What no header can carry is no token, and Node's error would repeat it.
  if (!/^[\x21-\x7e]+$/.test(found.token)) return stop(EXIT.faultyConfiguration, "BREAKGLASS_TOKEN is no token");

  const reply = await ask(world, { base, token: found.token, question, signal });
  if (reply.kind === "wrong_question")
    return stop(EXIT.wrongUsage, `Breakglass does not take the question: ${reply.why}`);
  if (reply.kind === "unclear") return stop(EXIT.couldNotLook, `Breakglass gave no clear answer: ${reply.why}`);
  const { answer } = reply;
  return { code: answer.open ? EXIT.fine : EXIT.foundWrong, line: inWords(answer, question), question, answer };
}

const run = (code: ExitCode, gate: string | undefined, why: string): Outcome => ({
  code,
  line: `Run ${gate ?? "the gate"}: ${why}. Nothing was skipped.`,
  question: null,
  answer: null,
});

const hintOf = (pipeline: Pipeline | null): string =>
  pipeline === null ? "" : `; on ${pipeline.name}, ${pipeline.identity}`;

/** What is wrong with a value of the question, if anything is. */
const FORMS: Readonly<Record<keyof GateCheckRequest, readonly [(text: string) => boolean, string]>> = {
  gate: [(text) => NAME_PATTERN.test(text), "the name of a gate"],
  target: [(text) => text.length <= LONGEST_TARGET, `a target of at most ${LONGEST_TARGET} characters`],
  commit: [(text) => COMMIT_PATTERN.test(text), "a full commit id of 40 or 64 small hex digits"],
  run: [(text) => RUN_PATTERN.test(text), "a run such as jenkins:payments/1234"],
};

function questionOf(
  given: CheckOptions,
  pipeline: Pipeline | null,
): { readonly question: GateCheckRequest } | { readonly fault: string } {
  const question = {
    gate: given.gate ?? "",
    target: given.target ?? pipeline?.target ?? "",
    commit: given.commit ?? pipeline?.commit ?? "",
    run: given.run ?? pipeline?.run ?? "",
  };
  for (const name of ["gate", "target", "commit", "run"] as const) {
    const [isOne, form] = FORMS[name];
    if (question[name] === "") return { fault: `say the ${name} with --${name}${unsaid(name, pipeline)}` };
    if (!isOne(question[name])) return { fault: `${JSON.stringify(question[name])} is not ${form} (--${name})` };
  }
  return { question };
}

const unsaid = (name: string, pipeline: Pipeline | null): string =>
  name === "gate" || pipeline === null ? "" : `; ${pipeline.name} does not say it here`;
