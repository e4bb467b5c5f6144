import { DEMO_POLICY } from "../../../demo/policy.js";
import { type Ack, type Gate, type Path, type Policy, parsePolicy } from "../../../src/domain/policy/parse.js";

/** The demo company's policy, called the sample below. */
export const samplePolicy: Policy = read();

export const POLICY_HASH = "a".repeat(64);

/** The one path of the sample. */
export const PATH = "emergency_deploy";

function read(): Policy {
  const result = parsePolicy(DEMO_POLICY, "breakglass.yaml");
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.policy;
}

export function samplePath(policy: Policy = samplePolicy): Path {
  const path = policy.paths[PATH];
  if (path === undefined) throw new Error(`The sample has no path ${PATH}.`);
  return path;
}

/** The sample with changes to its path. */
export function withPath(change: Partial<Path>, policy: Policy = samplePolicy): Policy {
  return { ...policy, paths: { ...policy.paths, [PATH]: { ...samplePath(policy), ...change } } };
}

/** The sample with other ack rules; with `needed: 0` the path requires no second person. */
export function withAck(change: Partial<Ack>, policy: Policy = samplePolicy): Policy {
  const path = samplePath(policy);
  const ack = { ...path.ack, ...change };
  return withPath({ ack, requires: { ...path.requires, secondPersonAck: ack.needed > 0 } }, policy);
}

/** The sample with one gate changed. */
export function withGate(id: string, change: Partial<Gate>, policy: Policy = samplePolicy): Policy {
  const gate = policy.gates[id];
  if (gate === undefined) throw new Error(`The sample has no gate ${id}.`);
  return { ...policy, gates: { ...policy.gates, [id]: { ...gate, ...change } } };
}

/** The sample with these accounts listed under one person. */
export function withPerson(name: string, slack: string[], policy: Policy = samplePolicy): Policy {
  return { ...policy, people: { ...policy.people, [name]: { slack, github: null, pagerduty: null } } };
}
