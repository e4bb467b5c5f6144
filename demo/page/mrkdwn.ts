/** Consecutive lines of one kind, without their marks. */
export interface LineRun {
  readonly kind: "text" | "quote" | "list";
  readonly text: string;
}

const LINE_MARKS = { quote: /^(?:>|&gt;) ?/, list: /^• / } as const;

/** Splits a text into runs of lines by their marks. */
export function readLines(text: string): readonly LineRun[] {
  const runs: { kind: LineRun["kind"]; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const kind = LINE_MARKS.quote.test(line) ? "quote" : LINE_MARKS.list.test(line) ? "list" : "text";
    const last = runs.at(-1);
    const bare = kind === "text" ? line : line.replace(LINE_MARKS[kind], "");
    if (last?.kind === kind) last.lines.push(bare);
    else runs.push({ kind, lines: [bare] });
  }
  return runs.map(({ kind, lines }) => ({ kind, text: lines.join("\n") }));
}

/** A piece of a line of Slack's markup. */
export type Piece =
  | { readonly kind: "text" | "code" | "pre"; readonly text: string }
  | { readonly kind: "bold" | "italic" | "strike"; readonly inside: readonly Piece[] }
  | { readonly kind: "user" | "group" | "channel" | "broadcast"; readonly id: string }
  | { readonly kind: "link"; readonly href: string; readonly label: string }
  | { readonly kind: "date"; readonly seconds: number; readonly format: string; readonly fallback: string };

const STYLES = { "*": "bold", _: "italic", "~": "strike" } as const;

/** Code and text in angle brackets. Extracted first, so that no style applies inside. */
const ATOM = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>/g;
/** First private-use character; each one stands for an atom, by number. */
const MARK = 0xe000;
const EDGE_BEFORE = "(^|[\\s(\\[{\"'*_~\\ue000-\\uf8ff])";
const EDGE_AFTER = "(?=$|[\\s).,;:!?\\]}\"'*_~\\ue000-\\uf8ff])";

/** Parses Slack's markup as its client does: styles only at word boundaries, entities decoded last. */
export function readMarkup(text: string): readonly Piece[] {
  const atoms: Piece[] = [];
  const marked = text
    // Private-use characters in the input would be mistaken for atoms.
    .replace(/[\ue000-\uf8ff]/g, "\ufffd")
    .replace(ATOM, (_, pre: string | undefined, code: string | undefined, special: string | undefined) => {
      atoms.push(atomOf(pre, code, special ?? ""));
      return String.fromCharCode(MARK + atoms.length - 1);
    });
  return readStyles(marked, atoms);
}

function readStyles(text: string, atoms: readonly Piece[]): Piece[] {
  const style = new RegExp(`${EDGE_BEFORE}([*_~])(\\S(?:[^\\n]*?\\S)?)\\2${EDGE_AFTER}`).exec(text);
  if (style === null) return readPlain(text, atoms);
  const [whole, before = "", mark = "*", inside = ""] = style;
  const start = style.index + before.length;
  return [
    ...readPlain(text.slice(0, start), atoms),
    { kind: STYLES[mark as keyof typeof STYLES], inside: readStyles(inside, atoms) },
    ...readStyles(text.slice(style.index + whole.length), atoms),
  ];
}

function readPlain(text: string, atoms: readonly Piece[]): Piece[] {
  return text.split(/([\ue000-\uf8ff])/).flatMap((part): Piece[] => {
    if (part === "") return [];
    const atom = atoms[part.charCodeAt(0) - MARK];
    return [part.length === 1 && atom !== undefined ? atom : { kind: "text", text: undone(part) }];
  });
}

function atomOf(pre: string | undefined, code: string | undefined, special: string): Piece {
  if (pre !== undefined) return { kind: "pre", text: undone(pre.replace(/^\n|\n$/g, "")) };
  if (code !== undefined) return { kind: "code", text: undone(code) };
  const [head = "", label] = special.split("|", 2);
  const date = /^!date\^(\d+)\^([^^|]+)/.exec(head);
  if (date !== null)
    return { kind: "date", seconds: Number(date[1]), format: date[2] ?? "", fallback: undone(label ?? "") };
  if (/^@[UW]/.test(head)) return { kind: "user", id: head.slice(1) };
  if (head.startsWith("!subteam^")) return { kind: "group", id: head.slice("!subteam^".length) };
  if (/^#[CG]/.test(head)) return { kind: "channel", id: head.slice(1) };
  if (head.startsWith("!")) return { kind: "broadcast", id: head.slice(1) };
  const href = undone(head);
  // Slack links only these schemes; anything else stays as typed.
  if (/^(https?:\/\/|mailto:)/.test(href)) return { kind: "link", href, label: undone(label ?? head) };
  return { kind: "text", text: `<${undone(special)}>` };
}

const undone = (text: string): string => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
