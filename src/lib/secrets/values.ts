import { looksNamed, looksRandom } from "./randomness.js";

/* What a value is like: a word, a figure, a name, or something that a person would choose as a password. */

/** Words that people write after the name when they do not give a value. */
export const NOT_A_VALUE =
  /^(?:x{3,}|null|nil|none|undefined|empty|unset|true|false|yes|no|on|off|required|missing|invalid|incorrect|wrong|expired|revoked|rotated|reset|changed|leaked|denied|rejected|redacted|hidden|removed|unknown|ok|todo|authentication|password|secret|token|pass|passw0rd|changeme|postgres|root|admin|user|test|guest|foo|bar)[.,!?)\]*_]*$/i;

/** A version, a duration, a date or a count: "pass=1204 fail=3". */
export const FIGURE = /^[v#]?\d+(?:[./:-]\d+)*[a-z%]{0,3}[.)\]]*$/i;

/** A path, an address, a call, the name of a variable, or names with dots between them. */
const NO_VALUE = /^[.~]?\.?\/[a-z._-]*(?:\/|$)|:\/\/|\(|^[A-Z]+(?:_[A-Z]+)+$|^[a-z]+(?:\.[a-z]+)+$/i;

export const lettersAndDigits = (value: string): boolean => /[a-z]/i.test(value) && /\d/.test(value);

/** Whether a value may be a password or a key at all. */
export const isBare = (value: string): boolean => !NO_VALUE.test(value) || looksRandom(value.replace(/[/+=_-]/g, ""));

/** Letters, digits and a mark that no name has, or capitals inside: "pw Winter42!". */
export const isChosen = (word: string): boolean =>
  lettersAndDigits(word) &&
  word.length >= 6 &&
  !FIGURE.test(word) &&
  isBare(word) &&
  (/[!#$%^&*?]/.test(word.slice(0, -1)) || /[!#$%^&*]$/.test(word) || (/[a-z]/.test(word) && /[A-Z]/.test(word))) &&
  !looksNamed(word);

/** Words that a sentence has, and that nobody makes a passphrase of. */
const OF_A_SENTENCE =
  /(?:^|[ -])(?:a|an|the|is|are|was|be|been|has|have|had|must|should|can|cannot|may|will|not|no|at|for|to|of|in|on|by|from|with|and|or|your|you|we|they|does|did|see|field|required|invalid|incorrect|wrong|expired|reset)(?:$|[ -])/i;

/** Four words or more that form no sentence: "correct horse battery staple". */
export const isPassphrase = (text: string): boolean =>
  /^[\p{L}\d]{3,20}(?:[ -][\p{L}\d]{1,20}){3,11}[.!?]?$/u.test(text) && !OF_A_SENTENCE.test(text);

/** How many digits a text has. */
export const digitsIn = (word: string): number => word.match(/\d/g)?.length ?? 0;

/** True for letters with at least four digits, or with a digit and a capital letter. */
export const isMixed = (word: string): boolean =>
  /[a-z]/i.test(word) && (digitsIn(word) >= 4 || (/\d/.test(word) && /[A-Z]/.test(word)));

/** A password that a person has chosen, with a mark that hardly any name has: "Winter42!". */
export const isMarked = (word: string): boolean => isChosen(word) && /[!#$%^&*?@]/.test(word);
