import { parseArgs } from "node:util";
import type { Fetch } from "../../../lib/outbound.js";
import { type CommandIo, EXIT, type ExitCode, printJson } from "../../command.js";
import { checkGate } from "./check-gate.js";
import { reportToGithub } from "./github-report.js";
import { keepReceipt } from "./receipt-file.js";
import { AUDIENCE, DEADLINE_MS } from "./world.js";

/** How the check is called. */
export const CHECK_USAGE: readonly string[] = [
  "breakglass check --gate G [--target T] [--commit SHA] [--run ID] [--audience A] [--receipt-file FILE] [--json]",
  "  asks the bot at BREAKGLASS_URL with BREAKGLASS_TOKEN, the job's OIDC token.",
  "  On GitHub Actions with id-token: write the token is fetched.",
  "  --gate          the gate, by its name in the policy",
  "  --target        what the run is for, such as acme/payments-api#4821 or service:payments",
  "  --commit        the commit that it builds, in full",
  "  --run           the run, such as jenkins:payments/1234",
  "                  GitHub Actions, GitLab CI, Buildkite, CircleCI and Jenkins say commit and run by themselves, and",
  "                  the target where it is on GitHub",
  "  --audience      the audience of the token that is fetched on GitHub Actions; default: breakglass",
  "  --receipt-file  keeps the receipt of a yes in this file",
  "  --json          prints one JSON object",
  "  exit 0 skip the gate; anything else: run it (1 no bypass covers it, 2 no clear answer, 64 wrong usage,",
  "  78 no address or token)",
];

/** Checks as the arguments say, prints one line, and returns what to do about the gate as an exit code. */
export async function checkWithArguments(args: readonly string[], io: CommandIo, fetch: Fetch): Promise<ExitCode> {
  const options = parse(args);
  if (typeof options === "string") {
    io.err(`breakglass check: ${options}`);
    for (const line of CHECK_USAGE) io.err(line);
    return EXIT.wrongUsage;
  }
  const { json, receiptFile, ...asked } = options;
  const world = { env: io.env, fetch, readFile: (path: string) => io.readFile(path), deadlineMs: DEADLINE_MS };
  const outcome = await checkGate(asked, world);
  const unkept = await keepReceipt(outcome, receiptFile);
  const unwritten = await reportToGithub(outcome, io.env);
  const { code, line, question, answer } = outcome;
  if (json) printJson(io, { skip: code === EXIT.fine, why: line, question, answer });
  else io.out(line);
  for (const problem of [...(unkept === null ? [] : [unkept]), ...unwritten]) io.err(`breakglass check: ${problem}`);
  return code;
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        gate: { type: "string" },
        target: { type: "string" },
        commit: { type: "string" },
        run: { type: "string" },
        audience: { type: "string", default: AUDIENCE },
        "receipt-file": { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const { "receipt-file": receiptFile, audience, json, ...question } = values;
    return { ...question, audience, json, receiptFile };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}
