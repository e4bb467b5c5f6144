import { parseDocument } from "yaml";
import { findDeceivingCharacter } from "../../text/invisible.js";
import type { FilePath, Finding } from "../findings.js";
import { DEEPEST, YamlWalk } from "./walk.js";

/** A position in a text. Line and column start at 1. */
export interface Position {
  line: number;
  column: number;
}

/** A YAML text as plain values, with the position of each. */
export interface YamlSource {
  /** Mappings, lists, strings, numbers, booleans, null. Mappings have no prototype. */
  value: unknown;
  /** False when the text is not valid YAML: then only `findings` is meaningful. */
  readable: boolean;
  /** Problems of the text itself, independent of its meaning as a policy. */
  findings: Finding[];
  /** The position of a value or its key; for a path that is not in the file, that of the nearest parent. */
  positionOf(path: FilePath, at: "key" | "value"): Position;
  positionAt(offset: number): Position;
}

/** Reads one YAML 1.2 document, without anchors, aliases, tags, directives and tabs. Never throws on bad text. */
export function readYaml(text: string): YamlSource {
  const document = parseDocument(text, {
    prettyErrors: false,
    // The library compares every pair of keys, which takes seconds on a hostile file; YamlWalk checks for duplicates.
    uniqueKeys: false,
    resolveKnownTags: false,
    merge: false,
    version: "1.2",
    // Not "silent": that also hides the error about a second document.
    logLevel: "error",
  });
  const syntax = document.errors.map((error) => atOffset(error.pos[0], plainMessage(error.code, error.message)));
  const walk = new YamlWalk(text);
  const value = syntax.length === 0 ? walk.read(document.contents, []) : undefined;
  const positionAt = positionsIn(text);
  return {
    value,
    readable: syntax.length === 0,
    findings: [...findingsOfText(text), ...syntax, ...walk.findings],
    positionAt,
    positionOf: (path, at) => positionAt(walk.offsetOf(path, at)),
  };
}

/** The library's own line counter misses line ends inside some of the texts that it rejects. */
function positionsIn(text: string): (offset: number) => Position {
  const starts = [0, ...Array.from(text.matchAll(/\n/g), (found) => found.index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.min(offset, text.length) - (starts[low] ?? 0) + 1 };
  };
}

/** Reports tabs, deceiving characters and directives, at most one of each kind per line. */
function findingsOfText(text: string): Finding[] {
  const findings: Finding[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    const content = (start === 0 ? line.replace(/^\ufeff/, " ") : line).replace(/\r$/, "");
    const tab = content.indexOf("\t");
    if (tab >= 0) findings.push(atOffset(start + tab, "expected spaces, found a tab"));
    const deceiving = findDeceivingCharacter(content);
    if (deceiving) {
      const message = `expected text that shows all it holds, found the control or bidi character ${deceiving.name}`;
      findings.push(atOffset(start + deceiving.offset, message));
    }
    if (content.startsWith("%")) findings.push(atOffset(start, "expected a plain document, found a YAML directive"));
    start += line.length + 1;
  }
  return findings;
}

function atOffset(offset: number, message: string): Finding {
  return { path: [], at: "value", message, offset };
}

function plainMessage(code: string, message: string): string {
  switch (code) {
    case "MULTIPLE_DOCS":
      return "expected one document, found a second one";
    case "RESOURCE_EXHAUSTION":
      return `expected at most ${DEEPEST} levels, found deeper nesting`;
    case "TAB_AS_INDENT":
      return "expected spaces, found a tab";
    default:
      return `not valid YAML: ${message}`;
  }
}
