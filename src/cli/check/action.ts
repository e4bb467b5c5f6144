import { readFile } from "node:fs/promises";
import { type CommandIo, printableIo } from "../command.js";
import { act } from "./client/act.js";
import { checkWithArguments } from "./client/check-with-arguments.js";

/*
 * The check as one file without packages: scripts/build-action.mjs bundles this into action/check.mjs. With arguments it is
 * `breakglass check`, for any pipeline that has Node; without, the GitHub action of action.yml.
 */

const io: CommandIo = printableIo({
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  readFile: (path) => readFile(path),
  env: process.env,
  now: () => new Date(),
});
const args = process.argv.slice(2);
if (args.length === 0) await act(io, fetch);
else process.exitCode = await checkWithArguments(args, io, fetch);
