import { createInterface } from "node:readline/promises";
import { type Readable, Writable } from "node:stream";
import { printable } from "../../domain/text/printable.js";

/** Asks a person. What it shows holds names from Slack, so all of it is made printable. */
export interface Terminal {
  /** Whether somebody is there to answer. If not, every answer has to come from an option or a variable. */
  readonly interactive: boolean;
  /** Shows the question and returns the typed line, trimmed. @throws Stopped when the person ends the input */
  ask(question: string): Promise<string>;
  /** As {@link ask}, but shows nothing of what is typed. */
  askHidden(question: string): Promise<string>;
  /** Shows a line. */
  show(line: string): void;
  close(): void;
}

/** Thrown when the person presses Ctrl-C or Ctrl-D. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Opens the terminal of a process. Nothing is read from it while `interactive` is false. */
export function openTerminal(streams: {
  readonly input: Readable;
  readonly output: Writable;
  readonly interactive: boolean;
}): Terminal {
  const { input, output, interactive } = streams;
  if (!interactive) {
    const nobody = async (): Promise<string> => {
      throw new Stopped("Nobody is there to answer.");
    };
    return { interactive, ask: nobody, askHidden: nobody, show: () => {}, close: () => {} };
  }
  let hidden = false;
  const screen = new Writable({
    write: (chunk, _encoding, done) => {
      if (!hidden) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: screen, terminal: true });
  const ended = new Promise<never>((_, reject) => {
    lines.once("close", () => reject(new Stopped("The input ended.")));
    lines.once("SIGINT", () => reject(new Stopped("Stopped.")));
  });
  ended.catch(() => {});
  const ask = async (question: string): Promise<string> =>
    (await Promise.race([lines.question(printable(question)), ended])).trim();
  return {
    interactive,
    ask,
    askHidden: async (question) => {
      output.write(printable(question));
      hidden = true;
      try {
        return await ask("");
      } finally {
        hidden = false;
        output.write("\n");
      }
    },
    show: (line) => void output.write(`${printable(line)}\n`),
    close: () => lines.close(),
  };
}
