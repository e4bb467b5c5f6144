import { createHash } from "node:crypto";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";

/** The characters that a letter in a template stands for. */
const ALPHABETS: Readonly<Record<string, string>> = {
  a: LOWER + DIGITS,
  A: LOWER + UPPER + DIGITS,
  L: LOWER,
  Q: LOWER + UPPER,
  U: UPPER + DIGITS,
  h: "0123456789abcdef",
  H: "0123456789ABCDEF",
  d: DIGITS,
  b: `${LOWER}${UPPER}${DIGITS}_-`,
  B: `${LOWER}${UPPER}${DIGITS}+/`,
  "2": `${UPPER}234567`,
};

const WORDS = ["winter", "Falcon", "orange", "Bridge", "copper", "Tundra", "meadow", "Violin", "harbor", "Pepper"];
const MARKS = "!#$%*?@^_-";

/** Random numbers that follow from a seed, so that a failing sample can be made again. */
export function randomOf(seed: string): (below: number) => number {
  let count = 0;
  return (below) => createHash("sha256").update(`${seed}:${count++}`).digest().readUInt32BE(0) % below;
}

/**
 * Makes a secret of a template: `{A36}` becomes 36 letters and digits, `{pw}` a password as people choose them. No secret
 * stands in a file of this repository, so nothing that scans repositories alarms.
 */
export function fill(template: string, random: (below: number) => number): string {
  return template.replace(
    /\{(?:([aALQUhHdbB2])(\d+)|(pw|strong))\}/g,
    (_, letter?: string, count?: string, word?: string) => {
      const from = (alphabet: string): string => alphabet.charAt(random(alphabet.length));
      if (word === "pw") return `${WORDS[random(WORDS.length)] ?? ""}${10 + random(90)}${from(MARKS)}`;
      if (word === "strong") return Array.from({ length: 14 }, () => from(`${LOWER}${UPPER}${DIGITS}!#%*?^`)).join("");
      const alphabet = ALPHABETS[letter ?? ""] ?? "";
      return Array.from({ length: Number(count) }, () => from(alphabet)).join("");
    },
  );
}
