/** Shannon's entropy of a text, in bits per character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const kindOf = (letter: string): number =>
  /[a-z]/.test(letter) ? 0 : /[A-Z]/.test(letter) ? 1 : /\d/.test(letter) ? 2 : 3;

/** The share of neighbours of different kinds: about 0.6 in random letters and digits, under 0.35 in names such as `CartServiceV2`. */
function restlessness(text: string): number {
  const kinds = [...text].map(kindOf);
  return kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length / Math.max(1, kinds.length - 1);
}

/** Whether a text of letters and digits looks drawn by lot: small and capital letters and digits in no order. */
export function looksRandom(text: string): boolean {
  const mixed = /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
  // The bound is two standard deviations below what is expected of random texts; shorter ones vary more.
  return mixed && entropyOf(text) > 3.7 && restlessness(text) >= 0.6 - 1 / Math.sqrt(text.length);
}

/**
 * Whether a text of small letters and digits looks drawn by lot. Only a long one can be told from a name, and one of
 * hexadecimal digits cannot be told from a commit.
 */
export function looksDrawnOfFew(text: string): boolean {
  if (!/^[a-z0-9]{40,200}$/.test(text)) return false;
  const digits = text.replace(/\D/g, "").length / text.length;
  const beyondHex = text.replace(/[0-9a-f]/g, "").length / text.length;
  return digits > 0.08 && digits < 0.5 && beyondHex > 0.25 && entropyOf(text) > 4;
}

/**
 * Whether a text is a name as machines and people give them: words and short numbers joined by dashes, dots, underscores or
 * slashes, such as `payments-db-2024`, `oauth2-proxy` or `rc0.15.0_20231217`.
 */
export function looksNamed(text: string): boolean {
  const parts = text.replace(/[.,)\]]+$/, "").split(/[-_./:@]/);
  return parts.length > 1 && parts.every((part) => /^(?:[A-Za-z]{0,20}\d{0,8}[a-z]{0,3}|[a-z0-9]{1,10})$/.test(part));
}
