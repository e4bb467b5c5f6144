import type { Finding } from "./findings.js";
import { rawGet, rawList, rawMap, rawText } from "./raw.js";

/** Finds accounts that stand under two people: then it could not be told who a person is, and so who approves whom. */
export function peopleFindings(file: unknown): Finding[] {
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  const claim = (account: string, person: string, shown: string, path: Finding["path"]): void => {
    const owner = owners.get(account) ?? person;
    owners.set(account, owner);
    if (owner === person) return;
    const message = `expected an account of one person only, found ${shown}, which also stands under ${owner}`;
    findings.push({ path, at: "value", message });
  };
  for (const [name, person] of Object.entries(rawMap(rawGet(file, "people")))) {
    rawList(rawGet(person, "slack")).forEach((account, index) => {
      if (typeof account === "string") claim(`slack:${account}`, name, account, ["people", name, "slack", index]);
    });
    const github = rawText(rawGet(person, "github"));
    // GitHub takes `Dana-M` and `dana-m` for the same account.
    if (github) claim(`github:${github.toLowerCase()}`, name, github, ["people", name, "github"]);
    const pagerduty = rawText(rawGet(person, "pagerduty"));
    if (pagerduty) claim(`pagerduty:${pagerduty}`, name, pagerduty, ["people", name, "pagerduty"]);
  }
  return findings;
}
