import { plainId } from "../text/spellings.js";

/** The longest text in which a name of a bypass is looked for, with what surrounds it. */
const NAME_MAX = 100;

/** The name of a bypass, such as `BG-42`. */
export const bypassName = (n: number): string => `BG-${n}`;
/** The name of a bypass's review, such as `REV-42`. */
export const reviewName = (n: number): string => `REV-${n}`;

/** Parses `BG-42`, `bg-42`, `BG42` or `42`; `null` for anything else. */
export function parseBypassName(text: string): number | null {
  const match = /^(?:BG-?)?([1-9]\d{0,8})$/i.exec(text.trim());
  return match?.[1] === undefined ? null : Number(match[1]);
}

/**
 * Parses the name of a bypass as people type it: `BG–42` with any dash, `BG 42`, `bg-42.`, `#BG-42`, `BG-042`, or what
 * {@link parseBypassName} takes; `null` for anything else.
 */
export function readBypassName(typed: string): number | null {
  if (typed.length > NAME_MAX) return null;
  return parseBypassName(
    plainId(typed)
      .replace(/^BG[\s-]*#?(?=\d)/i, "BG-")
      .replace(/^(BG-)?0+(?=[1-9])/i, "$1"),
  );
}

/** What follows the name of a bypass at the start of a typed text: `BG-42: done`, `BG 42 – done`. */
export function splitBypassName(typed: string): { readonly n: number; readonly rest: string } | null {
  const text = typed.trim();
  // `BG 42` is two words. A name of one word comes first: in `42 7 servers` the bypass is 42.
  for (const head of [/^\S+/.exec(text)?.[0], /^bg\s+\S+/i.exec(text)?.[0]]) {
    const n = head === undefined ? null : readBypassName(head);
    if (head === undefined || n === null) continue;
    return { n, rest: text.slice(head.length).replace(/^\s*(?:[:\p{Pd}\u2212](?=\s))?\s*/u, "") };
  }
  return null;
}
