/** How a bypass and its review are called: `BG-42`, `REV-42`. */
export const bypassName = (n: number): string => `BG-${n}`;
export const reviewName = (n: number): string => `REV-${n}`;

/** Reads `BG-42`, `bg-42`, `BG42` or `42`; `null` for anything else. */
export function parseBypassName(text: string): number | null {
  const match = /^(?:BG-?)?([1-9]\d{0,8})$/i.exec(text.trim());
  return match?.[1] === undefined ? null : Number(match[1]);
}
