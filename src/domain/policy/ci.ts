/** The CI services whose tokens Breakglass understands. */
export const CI_PROVIDERS = ["github", "gitlab", "buildkite", "circleci"] as const;
export type CiProvider = (typeof CI_PROVIDERS)[number];

/** What happens to a commit that only the caller claims: the gate stays closed (the default), or it may open. */
export const UNPROVEN_COMMIT = ["closed", "open"] as const;

interface Common {
  /** The `iss` of its tokens, exactly. */
  readonly issuer: string;
  /** The `aud` of its tokens, exactly. */
  readonly audience: string;
  readonly unprovenCommit: (typeof UNPROVEN_COMMIT)[number];
}

/** An issuer whose tokens count, with what binds them. Ids are text: numbers of this size do not fit every parser. */
export type CiIssuer =
  | (Common & {
      readonly provider: "github";
      readonly repositories: readonly { readonly id: string; readonly ownerId: string }[];
    })
  | (Common & { readonly provider: "gitlab"; readonly projects: readonly string[] })
  | (Common & { readonly provider: "buildkite"; readonly organization: string })
  | (Common & {
      readonly provider: "circleci";
      readonly organization: string;
      readonly projects: readonly string[];
      /** `null`: any repository that the project builds. */
      readonly vcsOrigins: readonly string[] | null;
    });

/** The keys that bind a token, by provider. `repositories` and the like without an entry here belong to another provider. */
export const BINDING_KEYS = {
  github: { required: ["repositories"], optional: [] },
  gitlab: { required: ["projects"], optional: [] },
  buildkite: { required: ["organization"], optional: [] },
  circleci: { required: ["organization", "projects"], optional: ["vcs_origins"] },
} as const satisfies Readonly<
  Record<CiProvider, { readonly required: readonly string[]; readonly optional: readonly string[] }>
>;

/** A positive id of at most 20 digits, as text. */
export const isDigits = (text: string): boolean => /^[1-9]\d{0,19}$/.test(text);

/** A UUID in small letters, which is how the providers write it: there is one spelling to compare. */
export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);

/** Hosts that are this machine, as `URL` writes them. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Whether the address is `https`, or `http` on this machine, which only tests and the demo use. */
export const isSafeToFetch = ({ protocol, hostname }: URL, mayBeLoopback: boolean): boolean =>
  protocol === "https:" || (mayBeLoopback && protocol === "http:" && LOOPBACK.includes(hostname));

/** Whether the address is `http` on this machine. */
export const isLoopback = (url: URL): boolean => url.protocol === "http:" && isSafeToFetch(url, true);

/** What is wrong with the address of an issuer, or `null`. It is compared as text, so it has one spelling. */
export function issuerFault(text: string): string | null {
  if (text.length > 300) return "an address of at most 300 characters";
  if (!URL.canParse(text)) return "a whole address such as https://token.actions.githubusercontent.com";
  const url = new URL(text);
  if (!isSafeToFetch(url, true)) return "an address that starts with https:// (http:// on this machine alone)";
  if (url.username !== "" || url.password !== "") return "an address without a user name or password";
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text)) return "an address without a query and a fragment";
  const plain = url.pathname === "/" ? url.origin : `${url.origin}${url.pathname}`;
  if (text !== plain && text !== `${url.origin}/`) return `the address as the tokens have it, written ${plain}`;
  return null;
}
