import { policyJsonSchema } from "../../domain/policy/schema/json-schema.js";
import { policyReference } from "../../domain/policy/schema/reference.js";
import { nearestWord } from "../../domain/text/nearest.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import type { Command, CommandIo } from "../main.js";
import { lint } from "./lint.js";

type Subcommand = (args: readonly string[], io: CommandIo) => Promise<ExitCode>;

const subcommands: ReadonlyMap<string, Subcommand> = new Map([
  ["lint", lint],
  ["schema", printing(() => JSON.stringify(policyJsonSchema(), null, 2))],
  ["reference", printing(() => policyReference().trimEnd())],
]);

/** `breakglass policy …`: everything about the policy file that needs no running bot. */
export const policyCommand: Command = {
  name: "policy",
  summary: "Check a policy file; print its JSON Schema or its reference page",
  usage: [
    "breakglass policy lint FILE     lists every error of the file; exit 0 fine, 1 errors, 2 not readable",
    "breakglass policy schema        prints the JSON Schema, for editors",
    "breakglass policy reference     prints the page of all keys and defaults, as Markdown",
  ],
  run: async (args, io) => {
    const [word, ...rest] = args;
    const subcommand = subcommands.get(word ?? "");
    if (subcommand) return subcommand(rest, io);
    const nearest = nearestWord(word ?? "", subcommands.keys());
    const hint = nearest === null ? "" : `; did you mean "breakglass policy ${nearest}"?`;
    io.err(
      word === undefined
        ? "breakglass policy: say what to do with the policy"
        : `breakglass policy: there is no ${JSON.stringify(word)}${hint}`,
    );
    for (const line of policyCommand.usage) io.err(line);
    return EXIT.wrongUsage;
  },
};

function printing(text: () => string): Subcommand {
  return async (args, io) => {
    if (args.length > 0) {
      io.err(`breakglass policy: expected nothing more, found ${JSON.stringify(args[0])}`);
      return EXIT.wrongUsage;
    }
    io.out(text());
    return EXIT.fine;
  };
}
