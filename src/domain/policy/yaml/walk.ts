import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import { findDeceivingCharacter } from "../../text/invisible.js";
import type { FilePath, Finding } from "../findings.js";

/** The deepest nesting that is read. No policy needs more, and deeper files could exhaust the stack. */
export const DEEPEST = 20;

/** The longest key that is read. Each place below a key is kept with all of it. */
const KEY_MAX = 200;

/**
 * Turns the nodes of a YAML document into plain values (mappings without a prototype) and keeps the offset of each.
 * Reports and drops what a policy may not use: anchors, aliases, tags, and keys that are not plain words.
 */
export class YamlWalk {
  readonly findings: Finding[] = [];
  readonly #offsets = new Map<string, { key: number; value: number }>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads the node at `path`; null for an empty or rejected node. */
  read(node: unknown, path: FilePath, keyOffset = 0): unknown {
    const offset = offsetOfNode(node) ?? keyOffset;
    this.#offsets.set(JSON.stringify(path), { key: path.length === 0 ? offset : keyOffset, value: offset });
    const fault = oddity(node);
    if (fault) this.#report(path, offset, `expected a plain value, found ${fault}`);
    if (path.length > DEEPEST) this.#report(path, offset, `expected at most ${DEEPEST} levels, found deeper nesting`);
    else if (fault) return null;
    else if (isMap(node)) return this.#readMap(node.items, path);
    else if (isSeq(node)) {
      return node.items.map((item, index) => this.read(item, [...path, index], offsetOfNode(item) ?? offset));
    } else if (isScalar(node)) return this.#readScalar(node, path);
    return null;
  }

  /**
   * The offset of a value or its key in the text; for a path that is not in the file, that of the nearest parent key.
   */
  offsetOf(path: FilePath, at: "key" | "value"): number {
    const found = this.#offsets.get(JSON.stringify(path));
    if (found) return found[at];
    return path.length === 0 ? 0 : this.offsetOf(path.slice(0, -1), "key");
  }

  #readMap(items: readonly { key: unknown; value: unknown }[], path: FilePath): unknown {
    const map: Record<string, unknown> = Object.create(null);
    for (const { key, value } of items) {
      const offset = offsetOfNode(key) ?? 0;
      // zod silently ignores `__proto__`, so it is rejected here.
      if (!isScalar(key) || key.value === null || key.value === "__proto__" || oddity(key)) {
        this.#report(path, offset, "expected a plain word as the key, found something that is none");
        continue;
      }
      const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
      if (name.length > KEY_MAX) {
        this.#report(path, offset, `expected a key of at most ${KEY_MAX} characters, found one of ${name.length}`);
        continue;
      }
      this.#readScalar(key, [...path, name]);
      if (Object.hasOwn(map, name)) {
        this.#report([...path, name], offset, `expected each key once, found ${JSON.stringify(name)} a second time`);
      } else map[name] = this.read(value, [...path, name], offset);
    }
    return map;
  }

  /** Reports deceiving characters written as an escape such as `\u202e`; `readYaml` reports literal ones. */
  #readScalar(node: Scalar, path: FilePath): unknown {
    if (typeof node.value !== "string" || node.type !== "QUOTE_DOUBLE") return node.value;
    const [start, end] = node.range ?? [0, 0];
    const literal = findDeceivingCharacter(this.#text.slice(start, end).replaceAll("\r\n", "\n"));
    const decoded = findDeceivingCharacter(node.value.replaceAll("\t", "\u0000"));
    if (decoded && !literal) {
      this.#report(
        path,
        start,
        "expected text that shows all it holds, found an escaped tab, control or bidi character",
      );
    }
    return node.value;
  }

  #report(path: FilePath, offset: number, message: string): void {
    this.findings.push({ path, at: "value", message, offset });
  }
}

function offsetOfNode(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

/** Describes the anchor, alias or tag of a node; null when it has none. */
function oddity(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (isAlias(node)) return `the alias *${node.source}`;
  if ("anchor" in node && typeof node.anchor === "string") return `the anchor &${node.anchor}`;
  return node.tag === undefined ? null : `the tag ${node.tag.replace("tag:yaml.org,2002:", "!!")}`;
}
