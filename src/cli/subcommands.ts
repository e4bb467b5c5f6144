import { nearestWord } from "../domain/text/nearest.js";
import { type Command, type CommandIo, EXIT, type ExitCode } from "./command.js";

type Subcommand = (args: readonly string[], io: CommandIo) => Promise<ExitCode>;

/**
 * Creates a command that consists of subcommands, such as `breakglass policy …`. An unknown subcommand is wrong usage,
 * and the error names the nearest known one.
 * @param missing the error when no subcommand is given
 */
export function withSubcommands(
  command: Omit<Command, "run">,
  missing: string,
  subcommands: Readonly<Record<string, Subcommand>>,
): Command {
  const { name, usage } = command;
  const known = new Map(Object.entries(subcommands));
  return {
    ...command,
    run: async (args, io) => {
      const [word, ...rest] = args;
      const subcommand = known.get(word ?? "");
      if (subcommand) return subcommand(rest, io);
      const nearest = nearestWord(word ?? "", known.keys());
      const hint = nearest === null ? "" : `; did you mean "breakglass ${name} ${nearest}"?`;
      const fault = word === undefined ? missing : `there is no ${JSON.stringify(word)}${hint}`;
      io.err(`breakglass ${name}: ${fault}`);
      for (const line of usage) io.err(line);
      return EXIT.wrongUsage;
    },
  };
}

/** Creates a subcommand that takes no arguments and prints a text. */
export function printing(name: string, text: () => string): Subcommand {
  return async (args, io) => {
    if (args.length > 0) {
      io.err(`breakglass ${name}: expected nothing more, found ${JSON.stringify(args[0])}`);
      return EXIT.wrongUsage;
    }
    for (const line of text().split("\n")) io.out(line);
    return EXIT.fine;
  };
}
