import { parseArgs } from "node:util";
import { silentLog } from "../../lib/logger.js";
import { createOutbound } from "../../lib/outbound.js";
import { hintOf } from "../../usecases/ports/readyz-words.js";
import { type Command, type CommandIo, EXIT, printJson } from "../command.js";
import type { Finding, Outcome } from "./finding.js";
import { checkDatabases, checkPaging, checkPipelines, checkProxy, checkQueue, checkSchedules } from "./other-checks.js";
import { checkReceipts } from "./receipt-key.js";
import { checkRunningBot, withoutRepetition } from "./running-bot.js";
import { readSetupConfig, readSetupPolicy, type Setup } from "./setup.js";
import { checkBotToken, checkNames, checkSocket } from "./slack-checks.js";

/**
 * All checks, in the order of the answer. To add one, write a function that returns findings with their fixes (or why it
 * does not apply) and list it here; the word of a finding is the one under which it stands in `/readyz`.
 */
const CHECKS: readonly (readonly [string, (setup: Setup) => Promise<Outcome>])[] = [
  ["slack token, scopes and clock", checkBotToken],
  ["slack socket", checkSocket],
  ["channels, user groups and accounts of the policy", checkNames],
  ["database", checkDatabases],
  ["redis", checkQueue],
  ["pagers", checkPaging],
  ["schedules", checkSchedules],
  ["issuers of pipeline tokens", checkPipelines],
  ["proxy", checkProxy],
  ["receipts", checkReceipts],
  ["running bot", checkRunningBot],
];

/** `breakglass doctor`: tries what is configured, and says for each thing that is wrong how to fix it. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Try what is configured, and say what is wrong and how to fix it",
  usage: [
    "breakglass doctor [--json]",
    "  reads the environment as the bot does, and tries Slack, the policy's names, databases, Redis, pagers, issuers and proxy.",
    "  Records nothing, posts nothing and pages nobody. It can run beside the bot.",
    "  --json  one JSON object: findings (check, word, problem, fix), fine, skipped",
    "  exit 0 all is well, 1 something is wrong, 78 the bot would not start with this configuration",
  ],
  run: async (args, io) => {
    const json = readArguments(args);
    if (json === null) {
      io.err("breakglass doctor: expected --json or nothing");
      for (const line of doctorCommand.usage) io.err(line);
      return EXIT.wrongUsage;
    }
    const report = await examine(io);
    if (json) printJson(io, report);
    else print(report, io);
    if (report.findings.some(({ configuration }) => configuration)) return EXIT.faultyConfiguration;
    return report.findings.length === 0 ? EXIT.fine : EXIT.foundWrong;
  },
};

interface Report {
  readonly findings: readonly Finding[];
  /** Checks without a finding. */
  readonly fine: readonly string[];
  readonly skipped: readonly { readonly check: string; readonly why: string }[];
}

function readArguments(args: readonly string[]): boolean | null {
  try {
    return parseArgs({ args: [...args], options: { json: { type: "boolean", default: false } } }).values.json;
  } catch {
    return null;
  }
}

async function examine(io: CommandIo): Promise<Report> {
  const config = readSetupConfig(io.env);
  if (!("slack" in config)) return { findings: config, fine: [], skipped: [] };
  const read = await readSetupPolicy(config.policyFile);
  const policy = "roles" in read ? read : null;
  const out = createOutbound(config.proxy, silentLog, hintOf);
  const setup: Setup = { config, policy, now: io.now, out };
  const outcomes = await Promise.all(
    CHECKS.map(async ([check, run]) => ({ check, outcome: await run(setup).catch(() => broken(check)) })),
  );
  return {
    findings: withoutRepetition([
      ...("roles" in read ? [] : read),
      ...outcomes.flatMap(({ outcome }) => ("skipped" in outcome ? [] : outcome)),
    ]),
    fine: [
      "configuration",
      ...("roles" in read ? ["policy"] : []),
      ...outcomes.flatMap(({ check, outcome }) => (!("skipped" in outcome) && outcome.length === 0 ? [check] : [])),
    ],
    skipped: outcomes.flatMap(({ check, outcome }) => ("skipped" in outcome ? [{ check, why: outcome.skipped }] : [])),
  };
}

/** A check that failed itself says nothing about what it looks at, but must not hide what the others found. */
const broken = (check: string): Outcome => [
  {
    check,
    word: null,
    problem: "The check itself failed.",
    fix: "Run it again; if it goes on, report it with the output of breakglass doctor --json.",
    configuration: false,
  },
];

function print({ findings, fine, skipped }: Report, io: CommandIo): void {
  for (const check of fine) io.out(`fine     ${check}`);
  for (const { check, why } of skipped) io.out(`skipped  ${check}: ${why}`);
  for (const { check, word, problem, fix } of findings) {
    io.out(`WRONG    ${check}: ${problem}${word === null ? "" : ` (in /readyz: ${word})`}`);
    io.out(`         ${fix}`);
  }
  io.err(findings.length === 0 ? "All is well." : `${findings.length} finding${findings.length === 1 ? "" : "s"}.`);
}
