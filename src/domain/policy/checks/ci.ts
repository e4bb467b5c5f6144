import { nearestWord } from "../../text/nearest.js";
import { BINDING_KEYS, CI_PROVIDERS, type CiProvider, isDigits, isUuid } from "../ci.js";
import { describeFound, type FilePath, type Finding, isRawMap, rawGet, rawList, rawText } from "../findings.js";

const COMMON_KEYS = ["provider", "issuer", "audience", "unproven_commit"];
const ALL_BINDING_KEYS = [
  ...new Set(
    CI_PROVIDERS.flatMap((provider) => [...BINDING_KEYS[provider].required, ...BINDING_KEYS[provider].optional]),
  ),
];

/** How a project id of a provider is written. */
const PROJECT_FORMS = {
  gitlab: { is: isDigits, form: 'the id of a GitLab project in quotes, such as "7"' },
  circleci: { is: isUuid, form: "the UUID of a CircleCI project" },
} as const;

/**
 * Checks the rules between the keys of each issuer of `ci`, and between issuers: that each has the keys that bind its
 * provider's tokens and no others, and that a token can belong to one entry only.
 */
export function ciFindings(file: unknown): Finding[] {
  const issuers = rawList(rawGet(rawGet(file, "ci"), "issuers"));
  return [
    ...issuers.flatMap((entry, index) => bindingFindings(entry, ["ci", "issuers", index])),
    ...repeatedIssuers(issuers),
  ];
}

function bindingFindings(entry: unknown, path: FilePath): Finding[] {
  const provider = CI_PROVIDERS.find((known) => known === rawGet(entry, "provider"));
  // The schema reports an unknown provider.
  if (provider === undefined || !isRawMap(entry)) return [];
  const { required, optional } = BINDING_KEYS[provider];
  const own: readonly string[] = [...required, ...optional];
  const missing = required
    .filter((key) => rawGet(entry, key) === undefined)
    .map((key): Finding => ({ path: [...path, key], at: "key", message: missingKey(provider, key) }));
  const foreign = ALL_BINDING_KEYS.filter((key) => !own.includes(key) && rawGet(entry, key) !== undefined).map((key) =>
    foreignKey(provider, key, own, path),
  );
  return [
    ...missing,
    ...foreign,
    ...projectFindings(provider, entry, path),
    ...organizationFindings(provider, entry, path),
  ];
}

function missingKey(provider: CiProvider, key: string): string {
  return `expected ${key}, which binds the tokens of ${provider}, found nothing: the key is missing`;
}

function foreignKey(provider: CiProvider, key: string, own: readonly string[], path: FilePath): Finding {
  const keys = [...COMMON_KEYS, ...own];
  const nearest = nearestWord(key, keys);
  const message = `expected one of the keys of ${provider} (${keys.join(", ")}), found ${JSON.stringify(key)}`;
  return { path: [...path, key], at: "key", message, ...(nearest === null ? {} : { nearest }) };
}

function projectFindings(provider: CiProvider, entry: unknown, path: FilePath): Finding[] {
  if (provider !== "gitlab" && provider !== "circleci") return [];
  const { is, form } = PROJECT_FORMS[provider];
  return rawList(rawGet(entry, "projects")).flatMap((project, index): Finding[] => {
    const text = rawText(project);
    // The schema reports what is the id of no provider.
    if (text === null || is(text) || !(isDigits(text) || isUuid(text))) return [];
    const message = `expected ${form}, found ${describeFound(text)}`;
    return [{ path: [...path, "projects", index], at: "value", message }];
  });
}

/** CircleCI has an issuer for each organisation; one that names another would let nobody in. */
function organizationFindings(provider: CiProvider, entry: unknown, path: FilePath): Finding[] {
  const organization = rawText(rawGet(entry, "organization"));
  const named = /\/org\/([^/]+)$/.exec(rawText(rawGet(entry, "issuer")) ?? "")?.[1];
  if (provider !== "circleci" || organization === null || named === undefined || named === organization) return [];
  const message = `expected ${named}, the organisation that the issuer names, found ${describeFound(organization)}`;
  return [{ path: [...path, "organization"], at: "value", message }];
}

/** Two entries for one issuer and audience would leave open which of them counts; one issuer has one provider. */
function repeatedIssuers(issuers: readonly unknown[]): Finding[] {
  const seen = new Map<string, unknown>();
  const audiences = new Set<string>();
  return issuers.flatMap((entry, index): Finding[] => {
    const issuer = rawText(rawGet(entry, "issuer"));
    const audience = rawText(rawGet(entry, "audience"));
    const provider = rawGet(entry, "provider");
    if (issuer === null) return [];
    const path = ["ci", "issuers", index];
    const first = seen.get(issuer);
    if (first !== undefined && first !== provider) {
      const message = `expected ${String(first)}, the provider of this issuer in an entry above, found ${describeFound(provider)}`;
      return [{ path: [...path, "provider"], at: "value", message }];
    }
    seen.set(issuer, provider);
    if (audience === null) return [];
    const key = JSON.stringify([issuer, audience]);
    if (!audiences.has(key)) {
      audiences.add(key);
      return [];
    }
    const message = `expected each issuer and audience once, found ${issuer} for ${describeFound(audience)} a second time`;
    return [{ path: [...path, "audience"], at: "value", message }];
  });
}
