import { DASHES } from "./spellings.js";

/*
 * Letters and signs that a reader takes for one of ASCII, from the data of UTS #39 ("confusables", Unicode 17): what looks
 * like a single ASCII character that a name or a reference may hold, in the alphabets that are read together with the
 * Latin one. NFKC covers the rest of the forms, such as full-width and mathematical letters. ASCII characters that
 * resemble each other, such as `0` and `o`, stay apart: they make different names.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  "/": "᜵⁁⁄∕╱⟋⧸Ⳇⳇ〳㇓",
  2: "ƧϨꙄꝚ",
  3: "ƷȜЗӠⲜⳄⳌꝪꞫ",
  4: "Ꮞ",
  5: "Ƽ",
  6: "ϬбᏮⳒⳓⳜ",
  8: "Ȣȣ",
  9: "ⳊⳋꝮ",
  ":": "ː˸։᛬᠃⁚∶꞉",
  a: "ɑΑαАаᎪ⍺",
  b: "ƄΒВЬᏏᏴⲂꞴ",
  c: "СсᏟᴄⲤⲥꮯ",
  d: "ԁᎠᏧ",
  e: "ΕЕеҽᎬ℮⋿ꬲ",
  f: "ƒϜքẝꞘꞙꬵ",
  g: "ƍɡԌցᏀᏳᶃ",
  h: "ΗНһհᎻᏂⲎ",
  i: "ıƖɩɪΙιІіւᎥ⍳Ⲓⲓꙇꭵ",
  j: "ͿϳЈјᎫꞲ",
  k: "ΚКᏦⲔ",
  l: "ǀӀӏᏞ∣⏽Ⳑ",
  m: "ΜϺМᎷⲘ",
  n: "ΝոռⲚ",
  o: "ΟοσϭОоՕօᴏᴑⲞⲟꬽ",
  p: "þƿΡρϸРрᏢ⍴ⲢⲣⳎⳏ",
  q: "ԛգզ",
  r: "ƦгᎡᏒᴦⲅꭇꭈꮁ",
  s: "ƽЅѕՏᏕᏚꜱꮪ",
  t: "ΤТᎢ⊤⟙Ⲧ",
  u: "ʋυՍսᴜ∪⋃ꞟꭎꭒ",
  v: "νѴѵᏙᴠ∨⋁ꮩ",
  w: "ɯшѡԜԝաᎳᏔᴡⲽꮃ",
  x: "×ΧХх╳⤫⤬⨯ⲬꞳ",
  y: "ɣʏΥγУуҮүᎩᎽᶌỿⲨⲩꭚ",
  z: "ΖᏃᴢꮓ",
};

const ASCII_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([ascii, others]) => [...others].map((other) => [other, ascii] as const)),
);

/** Whatever NFKC leaves behind without a form of its own: joiners, marks of direction, combining accents. */
const UNSEEN = /[\p{Cf}\p{Mn}]/gu;

/** Lower-case letters may be of a form that folds again, so this is repeated; in practice it settles at the second round. */
const MOST_ROUNDS = 5;

/**
 * One form for all texts that look alike: small letters, ASCII in the place of what is taken for it, single spaces, nothing
 * that cannot be seen. For comparing and reading only, never to be shown. Idempotent.
 */
export function lookOf(text: string): string {
  let look = text;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = folded(look);
    if (next === look) break;
    look = next;
  }
  return look;
}

/**
 * What a name looks like at a glance, for names that people choose from a list: equal for two texts that differ in case, in
 * the signs between their words, or in characters of ASCII that resemble each other (`0` and `o`, `1` and `l`, `rn` and `m`).
 * A capital I is read as an `i` or as an `l`, so there are up to two. For comparing only.
 */
export function skeletonsOf(text: string): readonly string[] {
  return [...new Set([text, text.replaceAll("I", "l")].map(skeletonOf))];
}

function skeletonOf(text: string): string {
  const words = lookOf(text).replace(/[\s._-]+/g, "-");
  return words.replaceAll("0", "o").replace(/[1|]/g, "l").replaceAll("rn", "m").replaceAll("vv", "w");
}

function folded(text: string): string {
  const plain = text.normalize("NFKC").replace(UNSEEN, "").replace(DASHES, "-");
  // Capitals go first: the small letter of one that looks like H may look like nothing else.
  return withAscii(withAscii(plain).toLowerCase()).replace(/\s+/g, " ").trim();
}

const withAscii = (text: string): string => Array.from(text, (letter) => ASCII_OF.get(letter) ?? letter).join("");
