import { Deployment } from "kubernetes-models/apps/v1";
import { Ingress, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Namespace, Service, ServiceAccount } from "kubernetes-models/v1";

/** The published schema of a kind, as `kubernetes-models` compiles it from Kubernetes' OpenAPI. */
const SCHEMAS: Readonly<Record<string, { readonly prototype: { validate(): void } }>> = {
  "apps/v1 Deployment": Deployment,
  "networking.k8s.io/v1 Ingress": Ingress,
  "networking.k8s.io/v1 NetworkPolicy": NetworkPolicy,
  "policy/v1 PodDisruptionBudget": PodDisruptionBudget,
  "v1 ConfigMap": ConfigMap,
  "v1 Namespace": Namespace,
  "v1 Service": Service,
  "v1 ServiceAccount": ServiceAccount,
};

/** A manifest as it was parsed from YAML. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [key: string]: unknown;
}

/**
 * What is wrong with a manifest by the published schema of its kind; empty if nothing is. The schema itself ignores keys
 * that it does not know, but a misspelt key is the likeliest fault, so a key that the check never reads is one too.
 */
export function faultsOf(manifest: Manifest): readonly string[] {
  const schema = SCHEMAS[`${manifest.apiVersion} ${manifest.kind}`];
  if (schema === undefined) return [`${manifest.apiVersion} ${manifest.kind} has no schema here`];
  const { watched, unread } = watch(manifest);
  try {
    schema.prototype.validate.call(watched);
  } catch (fault) {
    return [fault instanceof Error ? fault.message : String(fault)];
  }
  return unread().map((path) => `${path} is not a key of ${manifest.kind}`);
}

/** Wraps a value so that it is known afterwards which of its keys were never read. */
function watch(root: object): { readonly watched: object; readonly unread: () => string[] } {
  const read = new Map<object, Set<string>>();
  const proxies = new Map<object, object>();
  const wrap = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const known = proxies.get(value);
    if (known !== undefined) return known;
    const keys = new Set<string>();
    const proxy = new Proxy(value, {
      get: (of, key) => {
        keys.add(String(key));
        return wrap(Reflect.get(of, key));
      },
      // A map such as labels is enumerated, which reads all of it.
      ownKeys: (of) => {
        for (const key of Reflect.ownKeys(of)) keys.add(String(key));
        return Reflect.ownKeys(of);
      },
    });
    read.set(value, keys);
    proxies.set(value, proxy);
    return proxy;
  };
  const unreadIn = (value: unknown, path: string): string[] => {
    if (typeof value !== "object" || value === null) return [];
    const keys = read.get(value);
    // Never looked into: the schema takes anything here.
    if (keys === undefined) return [];
    return Object.entries(value).flatMap(([key, child]) =>
      keys.has(key) ? unreadIn(child, `${path}.${key}`) : [`${path}.${key}`],
    );
  };
  return { watched: wrap(root) as object, unread: () => unreadIn(root, "") };
}
