import { GITLEAKS_HARMLESS } from "./gitleaks-rules.js";

const BY_GITLEAKS = GITLEAKS_HARMLESS.map((source) => new RegExp(source));

/** `<token>`, `[redacted]`, `{{ secret }}`, `(see vault)`, `$TOKEN`, `%TOKEN%`, `****`. */
const MARKED = /^(?:[<[({].*|\$[A-Za-z_{(].*|%\w+%.*|\*+|\.{2,}.*)$/s;

/** One character for all, or nearly: `xxxxxxxx`, `sk_live_xxxxxxxxxxxx`, `0000000000000000`, `******`. */
const ERASED = /([xX*.•0#_-])\1{5,}/;

/** Words of a placeholder, within the secret. */
const STANDS_FOR =
  /example|placeholder|redacted|changeme|change[-_]me|replace[-_]?me|not[-_]a[-_]real|dummy|your[-_]?(?:api|access|secret|token|key|password|own)|insert[-_]|(?:my|the|some)[-_](?:password|secret|token|api[-_]?key)$|^(?:[a-z]{2,10}[-_])*(?:0?123456789\w*|abcdefgh\w*)$/i;

/** Secrets that their providers publish in their documentation, without the prefix by which scanners know them. */
const PUBLISHED = [
  "4eC39HqLyjWDarjtT1zdp7dc",
  "BQokikJOvBiI2HlWgH4olfQ2",
  "26PHem9AhJZvU623DfE1x4sd",
  "16C7e42F292c6912E7710c838347Ae178B4a",
  "17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy",
  "DaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
  "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
  "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
  "QWxhZGRpbjpvcGVuIHNlc2FtZQ",
  "T00000000/B00000000/",
];

/** Whether a secret is an example that its provider publishes, or stands for one: harmless in either case. */
export function isHarmless(secret: string): boolean {
  if (MARKED.test(secret) || ERASED.test(secret) || STANDS_FOR.test(secret)) return true;
  return PUBLISHED.some((example) => secret.includes(example)) || BY_GITLEAKS.some((pattern) => pattern.test(secret));
}
