/** What is wrong with the encoding of a file, told at the first place that shows it. */
export interface EncodingFault {
  /** Offset in the text, in UTF-16 code units. */
  readonly offset: number;
  readonly message: string;
}

/**
 * Why a file is not UTF-8, seen in its text as a UTF-8 decoder reads it: UTF-16 leaves a zero character beside each letter,
 * and a letter of Latin-1 becomes U+FFFD. `null` when there is no sign of it.
 */
export function encodingFault(text: string): EncodingFault | null {
  const zeros = text.slice(0, 200).split("\0").length - 1;
  if (zeros * 3 > Math.min(text.length, 200)) {
    return {
      offset: 0,
      message: `expected a file in UTF-8, found UTF-16 (in Windows' editors "Unicode"): ${fix("UTF-16")}`,
    };
  }
  const offset = text.indexOf("\ufffd");
  if (offset < 0) return null;
  const found = "a character of another encoding, such as Latin-1 or Windows-1252";
  return { offset, message: `expected a file in UTF-8, found ${found}: ${fix("WINDOWS-1252")}` };
}

const fix = (from: string): string => `save it as UTF-8, or run iconv -f ${from} -t UTF-8`;
