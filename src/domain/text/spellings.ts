/** Every dash that a phone, a word processor or a chat client puts in the place of a hyphen; the minus sign is none to Unicode. */
export const DASHES = /[\p{Pd}\u2212]/gu;
/** What stands around an id because of the sentence or the markup that it was copied from. */
const BEFORE = /^[\s#`'"*_~(<[{\u00ab\u2018\u201c\u201e]+/u;
const AFTER = /[\s.,:;!?`'"*_~)>\]}\u00bb\u2019\u201d\u2026]+$/u;

/**
 * An id as a person typed it, in plain characters: without what surrounds it, with hyphens for all dashes, and with what
 * cannot be seen left out. Full-width letters and digits become plain ones.
 */
export function plainId(typed: string): string {
  const plain = typed
    .replace(AFTER, "")
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(DASHES, "-");
  return plain.replace(BEFORE, "").replace(AFTER, "");
}

/**
 * The ids that a person may have meant, what was typed first: in another case, without or with the hyphen between letters
 * and number, or as the end of a pasted link. Nothing that would be another number.
 */
export function spellingsOf(typed: string): readonly string[] {
  const plain = plainId(typed);
  const parts = /^https?:\/\//i.test(plain) ? (plain.split(/[?#]/, 1)[0] ?? "").split("/").filter(Boolean) : [];
  const bases = [plain, ...(parts.length > 2 ? [parts.at(-1) ?? ""] : [])];
  const joined = bases.flatMap((base) => [base, ...withHyphen(base)]);
  const spelled = joined.flatMap((base) => [base, base.toUpperCase(), base.toLowerCase()]);
  return [...new Set([typed.trim(), ...spelled])].filter((one) => one !== "");
}

/** `INC 219` and `INC219` as `INC-219`, and the other way round. */
function withHyphen(id: string): string[] {
  const [, letters, digits] = /^(\p{L}{1,20})[\s-]*(\d{1,20})$/u.exec(id) ?? [];
  return letters === undefined || digits === undefined ? [] : [`${letters}-${digits}`, `${letters}${digits}`];
}
