#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { nearestWord } from "../domain/text/nearest.js";
import { RELEASE } from "../lib/release.js";
import { EmbeddedPostgresError } from "../postgres/embedded/errors.js";
import { checkCommand } from "./check/check-command.js";
import { type Command, type CommandIo, EXIT, type ExitCode, printableIo } from "./command.js";
import { doctorCommand } from "./doctor/doctor-command.js";
import { initCommand } from "./init/init-command.js";
import { migrateCommand } from "./migrate/migrate-command.js";
import { policyCommand } from "./policy/policy-command.js";
import { receiptCommand } from "./receipt/receipt-command.js";
import { trailCommand } from "./trail/trail-command.js";
import { verifyCommand } from "./verify/verify-command.js";
import { webhooksCommand } from "./webhooks/webhooks-command.js";

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  initCommand,
  doctorCommand,
  migrateCommand,
  policyCommand,
  checkCommand,
  receiptCommand,
  trailCommand,
  verifyCommand,
  webhooksCommand,
];

/**
 * Runs `breakglass ARGS`.
 * @param args the arguments after `breakglass`
 * @param rawIo takes only printable lines, whatever a command prints
 * @returns the exit code; an unexpected fault is printed as one line and counts as "could not look"
 */
export async function runCli(args: readonly string[], rawIo: CommandIo): Promise<ExitCode> {
  const io = printableIo(rawIo);
  const [first, ...rest] = args;
  if (first === "--version") {
    io.out(RELEASE);
    return EXIT.fine;
  }
  if (first === "--help" || first === "-h" || first === "help") {
    for (const line of help()) io.out(line);
    return EXIT.fine;
  }
  const command = commands.find(({ name }) => name === first);
  if (!command) {
    for (const line of first === undefined ? help() : unknownCommand(first)) io.err(line);
    return EXIT.wrongUsage;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    for (const line of [command.summary, "", ...command.usage]) io.out(line);
    return EXIT.fine;
  }
  try {
    return await command.run(rest, io);
  } catch (fault) {
    io.err(`breakglass ${command.name}: ${describe(fault)}`);
    return EXIT.couldNotLook;
  }
}

function help(): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "Breakglass: the emergency exit for quality gates.",
    "",
    "Usage: breakglass COMMAND [ARGS]",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "breakglass COMMAND --help tells how a command is called; breakglass --version tells the version.",
    "Exit codes: 0 fine, 1 found wrong, 2 could not look, 64 wrong usage, 78 faulty configuration.",
  ];
}

function unknownCommand(word: string): string[] {
  const names = commands.map(({ name }) => name);
  const nearest = nearestWord(word, names);
  const hint = nearest === null ? `the commands are: ${names.join(", ")}` : `did you mean "breakglass ${nearest}"?`;
  return [`breakglass: there is no command ${JSON.stringify(word)}; ${hint}`, "breakglass --help lists the commands."];
}

/**
 * Returns an error's message. Errors of the embedded database keep what to do apart; all others say it in the message.
 */
function describe(fault: unknown): string {
  if (fault instanceof EmbeddedPostgresError) return `${fault.message} ${fault.whatToDo}`;
  return fault instanceof Error ? fault.message : String(fault);
}

const processIo: CommandIo = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  readFile: (path) => readFile(path),
  env: process.env,
  now: () => new Date(),
};

// npm links the command, so the called path is not the path of this file.
const called = process.argv[1];
if (called !== undefined && pathToFileURL(realpathSync(called)).href === import.meta.url) {
  // A reader such as `head` may close the pipe early, which is not an error. The command goes on all the same: it may have
  // started a server that it has to stop, and its exit code is its answer.
  let unwritten = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") unwritten = true;
  });
  const code = await runCli(process.argv.slice(2), processIo);
  // Set the code instead of exiting at once, so that all output reaches a pipe.
  process.exitCode = unwritten ? EXIT.couldNotLook : code;
}
