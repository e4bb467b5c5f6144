import type { OpenedBody } from "../events/body.js";
import { type EventType, isBypassEvent } from "../events/catalogue/catalogue.js";
import { bypassName } from "../events/names.js";
import type { FindingKind, Found } from "./findings.js";
import type { StoredEntry } from "./stored.js";

/** May stand in the stream of a bypass and in the system's. */
const IN_BOTH: readonly EventType[] = ["attempt.refused", "text.redacted"];

/**
 * Is every entry filed where it says it belongs, are numbers and versions without gaps, and was no command recorded
 * twice? Holds a position per stream and the ids of the commands.
 */
export function createStreamCheck(found: Found): (stored: StoredEntry, opened: OpenedBody) => void {
  const versions = new Map<number, number>();
  const commands = new Set<string>();
  let newest = { command: "", body: "" };

  const place = ({ seq, stream, version }: StoredEntry, { n, event, ...body }: OpenedBody) => {
    const wrong = (kind: FindingKind, message: string) => found({ seq, kind, message });
    if (stream !== (n === null ? "system" : bypassName(n)) || version !== body.version) {
      const filed = `Entry ${seq} is filed under ${stream}, version ${version ?? "none"}`;
      wrong("wrong_stream", `${filed}, which is not what it says.`);
    }
    if (n === null) {
      if (isBypassEvent(event) && !IN_BOTH.includes(event.type))
        wrong("wrong_stream", `Entry ${seq} tells ${event.type}, which belongs to a bypass.`);
      return;
    }
    if (!isBypassEvent(event)) wrong("wrong_stream", `Entry ${seq} tells ${event.type}, which belongs to no bypass.`);
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

  /** The entries of one command stand together and differ; the same id further on, or the same body, is a replay. */
  const once = ({ seq, body }: StoredEntry, { command }: OpenedBody) => {
    if (command === newest.command ? body === newest.body : commands.has(command)) {
      const message = `Entry ${seq} repeats a command that was recorded before.`;
      found({ seq, kind: "repeated_command", message });
    }
    commands.add(command);
    newest = { command, body };
  };

  return (stored, opened) => {
    place(stored, opened);
    once(stored, opened);
  };
}
