import { readFile } from "node:fs/promises";
import { printable } from "../../domain/text/printable.js";
import { EXIT } from "../command.js";
import { checkGate } from "./client/check-gate.js";
import { reportToGithub } from "./client/github-report.js";
import { keepReceipt } from "./client/receipt-file.js";
import { AUDIENCE, DEADLINE_MS } from "./client/world.js";

/*
 * The GitHub action (action.yml). scripts/build-action.mjs bundles this file into action/check.mjs, which runs without any
 * package. It ends with 0 whatever the answer is: its output `skip` says what to do, and a step that fails would stop the
 * gate from running.
 */

/** An input of the action, as the runner hands it over. */
const input = (name: string): string | undefined => process.env[`INPUT_${name.toUpperCase()}`]?.trim() || undefined;

const env = {
  ...process.env,
  BREAKGLASS_URL: input("url") ?? process.env.BREAKGLASS_URL,
  BREAKGLASS_TOKEN: input("token") ?? process.env.BREAKGLASS_TOKEN,
};
const given = { gate: input("gate"), target: input("target"), commit: input("commit") };
const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
const world = { env, fetch, readFile: (path: string) => readFile(path), deadlineMs: DEADLINE_MS };

const outcome = await checkGate({ ...asked, audience: input("audience") ?? AUDIENCE }, world);
const unkept = await keepReceipt(outcome, input("receipt-file"));
const unwritten = await reportToGithub(outcome, env);

/** The runner reads commands from lines that begin with `::`; none of ours does but these. */
const warn = (text: string): void =>
  console.log(`::warning title=Breakglass::${printable(text).replaceAll("%", "%25")}`);

console.log(printable(outcome.line));
if (outcome.code !== EXIT.fine && outcome.code !== EXIT.foundWrong) warn(outcome.line);
for (const problem of [...(unkept === null ? [] : [unkept]), ...unwritten]) warn(problem);
