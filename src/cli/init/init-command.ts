import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { readProxies } from "../../app/proxies.js";
import { formatPolicyError, parsePolicy } from "../../domain/policy/parse.js";
import { silentLog } from "../../lib/logger.js";
import { createOutbound } from "../../lib/outbound.js";
import { createWebClient } from "../../slack/delivery/web-client.js";
import { type CallTrouble, troubleOf } from "../../slack/health/call-trouble.js";
import { createSurvey, type Survey } from "../../slack/workspace-check/survey.js";
import { hintOf } from "../../usecases/ports/readyz-words.js";
import { type Command, type CommandIo, EXIT, type ExitCode } from "../command.js";
import { envText } from "./env-text.js";
import { INIT_USAGE, type InitOptions, readOptions } from "./options.js";
import { policyText } from "./policy-text.js";
import { type Answers, askAll, type Choices } from "./questions.js";
import { readBotToken, readIntake, type SlackSecrets } from "./secrets.js";
import { openTerminal, Stopped, type Terminal } from "./terminal.js";

/** Large workspaces answer slowly; nobody waits for this at a click. */
const CALL_MS = 15_000;

/** Creates `breakglass init`: writes a first policy and `.env` from what Slack knows. */
export function createInitCommand(open: () => Terminal): Command {
  return {
    name: "init",
    summary: "Write a first policy and .env, from the user groups, people and channels of your workspace",
    usage: INIT_USAGE,
    run: async (args, io) => {
      const options = readOptions(args);
      if (typeof options === "string") return wrongUsage(io, options);
      const taken = [options.policyFile, options.envFile].filter((file) => existsSync(file));
      if (taken.length > 0) return refuseToOverwrite(io, taken);
      const terminal = open();
      try {
        return await init(options, terminal, io);
      } catch (fault) {
        if (!(fault instanceof Stopped)) throw fault;
        io.err("breakglass init: stopped; nothing was written.");
        return EXIT.couldNotLook;
      } finally {
        terminal.close();
      }
    },
  };
}

/** The command of a real terminal. */
export const initCommand = createInitCommand(() =>
  openTerminal({
    input: process.stdin,
    output: process.stdout,
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  }),
);

async function init(options: InitOptions, terminal: Terminal, io: CommandIo): Promise<ExitCode> {
  const apiUrl = io.env.SLACK_API_URL?.trim() || null;
  const { proxy, faults } = readProxies(io.env);
  if (faults.length > 0) {
    for (const fault of faults) io.err(`breakglass init: ${fault}.`);
    return EXIT.faultyConfiguration;
  }
  const { fetch } = createOutbound(proxy, silentLog, hintOf);
  const pause = async (ms: number): Promise<void> => {
    io.err(`Slack asks to wait ${Math.ceil(ms / 1000)} s.`);
    await wait(ms);
  };
  const surveyOf = (token: string): Survey =>
    createSurvey({
      client: createWebClient({ token, timeoutMs: CALL_MS, fetch, ...(apiUrl === null ? {} : { apiUrl }) }),
      pause,
    });
  const opened = await openWorkspace(surveyOf, terminal, io);
  if (typeof opened === "number") return opened;
  const { botToken, workspace, choices } = opened;
  io.out(`Workspace ${workspace.name}, as @${workspace.bot}.`);
  const asked = await askAll(options, choices, terminal);
  if (!asked.ok) {
    for (const fault of asked.faults) io.err(`breakglass init: ${fault}`);
    const unanswered = asked.faults.some((fault) => fault.endsWith("nobody can be asked."));
    return unanswered ? EXIT.wrongUsage : EXIT.foundWrong;
  }
  const secrets = { botToken, ...(await readIntake(io.env, terminal)) };
  return write(options, { ...asked.value, workspace: workspace.name }, { ...secrets, apiUrl }, io);
}

/** Reads the token and the workspace. Whoever typed a token that is none, or a wrong one, is asked again. */
async function openWorkspace(surveyOf: (token: string) => Survey, terminal: Terminal, io: CommandIo) {
  for (;;) {
    const { asked, token } = await readBotToken(io.env, terminal);
    if (typeof token !== "string") {
      io.err(`breakglass init: ${token.why}`);
      if (asked) continue;
      return EXIT.faultyConfiguration;
    }
    const surveyed = await look(surveyOf(token), io);
    if (!("trouble" in surveyed)) return { botToken: token, ...surveyed };
    const code = refusedBySlack(surveyed.trouble, io);
    if (!asked || surveyed.trouble.word !== "slack_token") return code;
  }
}

/** Reads the workspace. User groups that cannot be read are left out and named; people can be named instead. */
async function look(survey: Survey, io: CommandIo) {
  try {
    const workspace = await survey.workspace();
    const [channels, people] = await Promise.all([survey.channels(), survey.people()]);
    const groups = await survey.groups().catch((fault: unknown) => {
      const { problem, fix } = troubleOf(fault);
      io.err(`User groups cannot be read. ${problem} ${fix}`);
      return [];
    });
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const choices: Choices = { channels, people, groups, timeZone };
    return { workspace, choices };
  } catch (fault) {
    return { trouble: troubleOf(fault) };
  }
}

async function write(
  { policyFile, envFile }: InitOptions,
  answers: Answers & { readonly workspace: string },
  secrets: SlackSecrets & { readonly apiUrl: string | null },
  io: CommandIo,
): Promise<ExitCode> {
  const text = policyText(answers);
  const parsed = parsePolicy(text, policyFile);
  if (!parsed.ok) {
    // Only an answer that is copied into the policy as it stands can cause this, such as a faulty regular expression.
    for (const error of parsed.errors) io.err(`breakglass init: ${formatPolicyError(error)}`);
    return EXIT.foundWrong;
  }
  // `wx` again refuses a file that is there: another run may have written it since.
  await writeFile(policyFile, text, { flag: "wx" });
  await writeFile(envFile, envText({ ...secrets, policyFile }), { flag: "wx", mode: 0o600 });
  for (const line of nextSteps(answers, secrets, { policyFile, envFile })) io.out(line);
  return EXIT.fine;
}

function nextSteps(
  { channel, leads, onCall }: Answers,
  { signingSecret, appToken }: SlackSecrets,
  { policyFile, envFile }: Pick<InitOptions, "policyFile" | "envFile">,
): readonly string[] {
  const empty = [onCall, leads].flatMap(({ group }) => (group?.members === 0 ? [`@${group.handle}`] : []));
  return [
    `Wrote ${policyFile} and ${envFile}.`,
    ...empty.map((handle) => `Nobody is in ${handle} yet.`),
    ...(channel.shared
      ? [`#${channel.name} is shared with another organisation: alerts there leave out the reason.`]
      : []),
    "",
    "Next:",
    ...(signingSecret === null && appToken === null
      ? [`  put SLACK_SIGNING_SECRET or SLACK_APP_TOKEN into ${envFile}`]
      : []),
    ...(channel.botIsMember ? [] : [`  in #${channel.name}: /invite @breakglass`]),
    `  set -a && . ${envFile.includes("/") ? envFile : `./${envFile}`} && set +a && npm start`,
    `  in #${channel.name}: /breakglass drill`,
  ];
}

function wrongUsage(io: CommandIo, problem: string): ExitCode {
  io.err(`breakglass init: ${problem}`);
  for (const line of INIT_USAGE) io.err(line);
  return EXIT.wrongUsage;
}

function refuseToOverwrite(io: CommandIo, taken: readonly string[]): ExitCode {
  for (const file of taken) io.err(`breakglass init: ${file} is there already, and is left as it is.`);
  io.err("Move it away, or name other files with --policy and --env.");
  return EXIT.foundWrong;
}

/** The fix of a running bot's token ends in "restart", and here nothing runs yet. */
const RIGHT_TOKEN =
  "Copy the Bot User OAuth Token under OAuth & Permissions; where the app is not installed in this workspace, install it first.";

function refusedBySlack({ kind, word, problem, fix }: CallTrouble, io: CommandIo): ExitCode {
  io.err(`breakglass init: ${problem} ${word === "slack_token" ? RIGHT_TOKEN : fix}`);
  return kind === "refused" ? EXIT.faultyConfiguration : EXIT.couldNotLook;
}
