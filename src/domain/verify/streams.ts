import type { OpenedBody } from "../events/body.js";
import { belongsIn } from "../events/catalogue/catalogue.js";
import { bypassName } from "../events/names.js";
import type { FindingKind, Found } from "./findings.js";
import type { StoredEntry } from "./stored.js";

/**
 * Checks that every entry is in the stream that its body names, that numbers and versions have no gaps, and that no
 * command was recorded twice. Keeps one version per stream and the ids of all commands in memory.
 */
export function createStreamCheck(found: Found): (stored: StoredEntry, opened: OpenedBody) => void {
  const versions = new Map<number, number>();
  const commands = new Set<string>();
  let newest = { command: "", body: "" };

  const checkPlace = ({ seq, stream, version }: StoredEntry, { n, event, ...body }: OpenedBody) => {
    const wrong = (kind: FindingKind, message: string) => found({ seq, kind, message });
    if (stream !== (n === null ? "system" : bypassName(n)) || version !== body.version) {
      const filed = `Entry ${seq} is filed under ${stream}, version ${version ?? "none"}`;
      wrong("wrong_stream", `${filed}, which is not what it says.`);
    }
    if (n === null) {
      if (!belongsIn("system", event.type))
        wrong("wrong_stream", `Entry ${seq} tells ${event.type}, which belongs to a bypass.`);
      return;
    }
    if (!belongsIn("bypass", event.type))
      wrong("wrong_stream", `Entry ${seq} tells ${event.type}, which belongs to no bypass.`);
    const expected = (versions.get(n) ?? 0) + 1;
    const next = versions.size + 1;
    if (expected === 1 && n !== next) {
      wrong("wrong_number", `Entry ${seq} begins ${bypassName(n)}, but ${bypassName(next)} would be the next.`);
    }
    if (body.version !== expected) {
      const what = `Entry ${seq} is version ${body.version} of ${bypassName(n)}`;
      wrong("wrong_version", `${what}, but ${expected} was due.`);
    }
    versions.set(n, body.version ?? expected);
  };

  /** Entries of one command are adjacent and differ. The same id later, or the same body again, is a replay. */
  const checkCommand = ({ seq, body }: StoredEntry, { command }: OpenedBody) => {
    if (command === newest.command ? body === newest.body : commands.has(command)) {
      const message = `Entry ${seq} repeats a command that was recorded before.`;
      found({ seq, kind: "repeated_command", message });
    }
    commands.add(command);
    newest = { command, body };
  };

  return (stored, opened) => {
    checkPlace(stored, opened);
    checkCommand(stored, opened);
  };
}
