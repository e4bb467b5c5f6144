import { parseArgs } from "node:util";
import { formatPolicyError, type Policy, parsePolicy } from "../../domain/policy/parse.js";
import { type CommandIo, EXIT, type ExitCode, printJson } from "../command.js";

/**
 * Checks one policy file. Prints each error as `file:line:column: path: what was expected and found`, so that editors
 * and terminals can jump to it; with `--json`, one object with all of them.
 */
export async function lint(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const options = readArguments(args);
  if (options === null) {
    io.err("breakglass policy lint: expected one file, as in: breakglass policy lint breakglass.yaml [--json]");
    return EXIT.wrongUsage;
  }
  const { file, json } = options;
  const text = await readText(file, io);
  if (text === null) return EXIT.couldNotLook;
  const result = parsePolicy(text, file);
  if (json) {
    const found = result.ok ? { notes: result.notUsedYet } : { errors: result.errors };
    printJson(io, { file, ok: result.ok, sha256: result.hash, ...found }, 2);
    return result.ok ? EXIT.fine : EXIT.foundWrong;
  }
  if (result.ok) {
    io.out(`${file}: fine: ${summary(result.policy)}; sha256 ${result.hash}`);
    for (const note of result.notUsedYet) io.out(`note: ${formatPolicyError(note)}`);
    return EXIT.fine;
  }
  for (const error of result.errors) io.out(formatPolicyError(error));
  io.err(`${file}: ${counted(result.errors.length, "error")}; a bot would not take this policy.`);
  return EXIT.foundWrong;
}

function readArguments(args: readonly string[]): { readonly file: string; readonly json: boolean } | null {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean", default: false } },
    });
    const [file] = positionals;
    return file === undefined || positionals.length > 1 ? null : { file, json: values.json };
  } catch {
    return null;
  }
}

async function readText(file: string, io: CommandIo): Promise<string | null> {
  try {
    // Bytes that are not UTF-8 become U+FFFD, which the parser refuses with line and column.
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await io.readFile(file));
  } catch (fault) {
    io.err(
      `${file}: could not be read, so nothing was checked: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
    return null;
  }
}

function summary({ paths, gates, roles }: Policy): string {
  const count = (map: object, word: string) => counted(Object.keys(map).length, word);
  return `${count(paths, "path")}, ${count(gates, "gate")}, ${count(roles, "role")}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
