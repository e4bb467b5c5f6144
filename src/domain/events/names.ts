/** The name of a bypass, such as `BG-42`. */
export const bypassName = (n: number): string => `BG-${n}`;
/** The name of a bypass's review, such as `REV-42`. */
export const reviewName = (n: number): string => `REV-${n}`;

/** Parses `BG-42`, `bg-42`, `BG42` or `42`; `null` for anything else. */
export function parseBypassName(text: string): number | null {
  const match = /^(?:BG-?)?([1-9]\d{0,8})$/i.exec(text.trim());
  return match?.[1] === undefined ? null : Number(match[1]);
}
