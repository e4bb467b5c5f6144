import type { Fetch } from "../../../lib/outbound.js";
import { type CommandIo, EXIT } from "../../command.js";
import { checkGate } from "./check-gate.js";
import { reportToGithub } from "./github-report.js";
import { keepReceipt } from "./receipt-file.js";
import { AUDIENCE, DEADLINE_MS } from "./world.js";

/**
 * Checks as the inputs of the GitHub action say, and tells the runner. It never fails: the output `skip` says what to do, and a
 * step that fails would stop the job before its gate.
 */
export async function act(io: CommandIo, fetch: Fetch): Promise<void> {
  const input = (name: string): string | undefined => io.env[`INPUT_${name.toUpperCase()}`]?.trim() || undefined;
  const env = {
    ...io.env,
    BREAKGLASS_URL: input("url") ?? io.env.BREAKGLASS_URL,
    BREAKGLASS_TOKEN: input("token") ?? io.env.BREAKGLASS_TOKEN,
  };
  const given = { gate: input("gate"), target: input("target"), commit: input("commit") };
  const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const world = { env, fetch, readFile: (path: string) => io.readFile(path), deadlineMs: DEADLINE_MS };

  const outcome = await checkGate({ ...asked, audience: input("audience") ?? AUDIENCE }, world);
  const unkept = await keepReceipt(outcome, input("receipt-file"));
  const unwritten = await reportToGithub(outcome, env);

  // The runner takes lines that begin with `::` for commands; no other line of ours begins so.
  const warn = (text: string): void => io.out(`::warning title=Breakglass::${text.replaceAll("%", "%25")}`);
  io.out(outcome.line);
  if (outcome.code !== EXIT.fine && outcome.code !== EXIT.foundWrong) warn(outcome.line);
  for (const problem of [...(unkept === null ? [] : [unkept]), ...unwritten]) warn(problem);
}
