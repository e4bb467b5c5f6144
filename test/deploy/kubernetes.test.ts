import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { readMigrationConfig } from "../../src/app/choose-database.js";
import { readConfig } from "../../src/app/config.js";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import { faultsOf, type Manifest } from "../support/kubernetes.js";

const DEPLOY = resolve(import.meta.dirname, "../../deploy");
const text = (...path: string[]): string => readFileSync(join(DEPLOY, ...path), "utf8");

const manifest = z.looseObject({ apiVersion: z.string(), kind: z.string() });
const kustomization = z.strictObject({
  apiVersion: z.literal("kustomize.config.k8s.io/v1beta1"),
  kind: z.literal("Kustomization"),
  namespace: z.literal("breakglass"),
  resources: z.array(z.string()),
  images: z.tuple([
    z.union([
      z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() }),
      z.strictObject({ name: z.string(), newName: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }),
    ]),
  ]),
  configMapGenerator: z.tuple([
    z.strictObject({
      name: z.string(),
      files: z.array(z.string()),
      options: z.strictObject({ disableNameSuffixHash: z.literal(true) }),
    }),
  ]),
  labels: z.tuple([z.strictObject({ pairs: z.record(z.string(), z.string()) })]),
});

const base = kustomization.parse(parse(text("kubernetes", "kustomization.yaml")));
const manifests: readonly Manifest[] = base.resources.map((file) => manifest.parse(parse(text("kubernetes", file))));

const probe = z.object({
  httpGet: z.object({ path: z.string(), port: z.literal("http") }),
  timeoutSeconds: z.number(),
  periodSeconds: z.number(),
  failureThreshold: z.number(),
});
const environment = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({ secretKeyRef: z.object({ name: z.string(), key: z.string(), optional: z.boolean().optional() }) })
    .optional(),
});
const hardened = z.object({
  allowPrivilegeEscalation: z.literal(false),
  readOnlyRootFilesystem: z.literal(true),
  capabilities: z.object({ drop: z.tuple([z.literal("ALL")]) }),
});
const deployment = z.object({
  spec: z.object({
    replicas: z.number(),
    strategy: z.object({ type: z.string() }),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.number().positive() }),
        initContainers: z.tuple([
          z.object({
            name: z.literal("migrate"),
            image: z.string(),
            command: z.tuple([z.literal("breakglass"), z.literal("migrate")]),
            env: z.array(environment),
            resources: z.object({ limits: z.object({ memory: z.string() }) }),
            securityContext: hardened,
          }),
        ]),
        containers: z.tuple([
          z.object({
            image: z.string(),
            ports: z.tuple([z.object({ name: z.literal("http"), containerPort: z.number() })]),
            env: z.array(environment),
            envFrom: z.tuple([
              z.object({
                configMapRef: z.object({ name: z.literal("breakglass-settings"), optional: z.literal(true) }),
              }),
            ]),
            startupProbe: probe,
            livenessProbe: probe,
            readinessProbe: probe,
            lifecycle: z.object({
              preStop: z.object({ exec: z.object({ command: z.tuple([z.literal("sleep"), z.string()]) }) }),
            }),
            resources: z.object({
              requests: z.object({ cpu: z.string(), memory: z.string() }),
              limits: z.object({ memory: z.string() }),
            }),
            securityContext: hardened,
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), subPath: z.never().optional() })),
          }),
        ]),
      }),
    }),
  }),
});

/** The manifest of that kind. */
function the(kind: string): Manifest {
  const found = manifests.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`There is no ${kind}.`);
  return found;
}

const {
  spec: { template, ...deployed },
} = deployment.parse(the("Deployment"));
const pod = template.spec;
const [bot] = pod.containers;
const [migrate] = pod.initContainers;

/** Values for the keys of the Secrets. */
const VALUES: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: ["xo", "xb-1"].join(""),
  SLACK_SIGNING_SECRET: "signing",
  DATABASE_URL: "postgres://app:word@db.example.com/breakglass",
  DATABASE_ADMIN_URL: "postgres://admin:word@db.example.com/breakglass",
  REDIS_URL: "redis://redis.example.com",
};

type Variables = readonly z.infer<typeof environment>[];

const secretsOf = (env: Variables) =>
  env.flatMap(({ valueFrom }) => (valueFrom === undefined ? [] : [valueFrom.secretKeyRef]));
const given = (env: Variables) => Object.fromEntries(env.map(({ name, value }) => [name, value ?? VALUES[name]]));

describe("the manifests in deploy/kubernetes", () => {
  test.each(manifests.map((one) => [one.kind, one] as const))("%s follows Kubernetes' published schema", (_, one) => {
    expect(faultsOf(one)).toEqual([]);
  });

  test("are checked for keys that the schema does not know, wrong types and missing keys", () => {
    const broken = structuredClone(the("Deployment")) as unknown as {
      spec: Record<string, unknown> & { template: { spec: Record<string, unknown> } };
    } & Manifest;
    broken.spec.replica = 2;
    broken.spec.template.spec.terminationGracePeriod = 20;
    expect(faultsOf(broken)).toEqual([
      ".spec.template.spec.terminationGracePeriod is not a key of Deployment",
      ".spec.replica is not a key of Deployment",
    ]);
    expect(faultsOf({ ...the("Deployment"), spec: { replicas: "2" } })).toHaveLength(1);
    expect(faultsOf({ apiVersion: "apps/v1beta1", kind: "Deployment" })).toHaveLength(1);
  });

  test("are all in the kustomization, and each file is one document", () => {
    const files = readdirSync(join(DEPLOY, "kubernetes")).sort();
    expect(files).toEqual([...base.resources, ...base.configMapGenerator[0].files, "kustomization.yaml"].sort());
    for (const file of base.resources) expect(parseAllDocuments(text("kubernetes", file))).toHaveLength(1);
  });

  test("run two bots, restarted together by a new release and never all drained at once", () => {
    expect(deployed.replicas).toBe(2);
    expect(deployed.strategy.type).toBe("Recreate");
    expect(the("PodDisruptionBudget").spec).toMatchObject({ minAvailable: 1 });
  });

  test("select the pods of the bot everywhere", () => {
    const labels = deployed.selector.matchLabels;
    expect(template.metadata.labels).toEqual(labels);
    expect(the("Service").spec).toMatchObject({ selector: labels });
    expect(the("PodDisruptionBudget").spec).toMatchObject({ selector: { matchLabels: labels } });
    expect(the("NetworkPolicy").spec).toMatchObject({ podSelector: { matchLabels: labels } });
  });

  test("ask /healthz whether it lives and /readyz whether it can record, longer than the check itself takes", () => {
    expect([bot.startupProbe, bot.livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual(["/healthz", "/healthz"]);
    expect(bot.readinessProbe.httpGet.path).toBe("/readyz");
    // The check of /readyz gives up after 2.5 s and answers not_answering.
    expect(bot.readinessProbe.timeoutSeconds).toBeGreaterThan(2.5);
    // A start waits 30 s for PostgreSQL, and then migrates.
    const { periodSeconds, failureThreshold } = bot.startupProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThan(120);
  });

  test("give the bot longer to stop than its maximum, after the pause for the last requests", () => {
    const pause = Number(bot.lifecycle.preStop.exec.command[1]);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(pause + 10);
  });

  test("contain no secret, and the bot accepts the environment that they give", () => {
    const secret = secretsOf(bot.env);
    expect(new Set(secret.map(({ name }) => name))).toEqual(new Set(["breakglass"]));
    const required = secret.filter(({ optional }) => optional !== true).map(({ key }) => key);
    expect(required).toEqual(["SLACK_BOT_TOKEN", "DATABASE_URL"]);
    const config = readConfig(given(bot.env));
    expect(config.http).toMatchObject({ port: bot.ports[0].containerPort, host: "0.0.0.0" });
    expect(config.database.kind).toBe("server");
    const folder = bot.volumeMounts.find(({ name }) => name === "policy")?.mountPath;
    expect(config.policyFile).toBe(`${folder}/${base.configMapGenerator[0].files[0]}`);
  });

  test("migrate in a container that ends before the bot starts, and give the administrator's address to it alone", () => {
    expect(migrate.image).toBe(bot.image);
    expect(bot.env.map(({ name }) => name)).not.toContain("DATABASE_ADMIN_URL");
    const admin = secretsOf(migrate.env).filter(({ name }) => name !== "breakglass");
    expect(admin).toEqual([{ name: "breakglass-migrate", key: "DATABASE_ADMIN_URL", optional: true }]);
    expect(migrate.env.filter(({ name }) => !/^(DATABASE_|REDIS_)/.test(name))).toEqual([]);
    const { server, jobsHere } = readMigrationConfig(given(migrate.env));
    expect(server.adminUrl?.reveal()).toBe(VALUES.DATABASE_ADMIN_URL);
    expect(jobsHere).toBe(false);
  });

  test("carry a policy that the bot takes", () => {
    expect(parsePolicy(text("kubernetes", "breakglass.yaml"), "breakglass.yaml")).toMatchObject({ ok: true });
  });

  test("let the world reach Slack's address, the question of pipelines and the keys of receipts only", () => {
    const [rule] = z.object({ rules: z.array(z.unknown()) }).parse(the("Ingress").spec).rules;
    expect(rule).toMatchObject({
      http: {
        paths: [
          { path: "/slack/events", pathType: "Exact" },
          { path: "/api/v1/gate-checks", pathType: "Exact" },
          { path: "/.well-known/jwks.json", pathType: "Exact" },
        ],
      },
    });
    expect(the("NetworkPolicy").spec).toMatchObject({ policyTypes: ["Ingress", "Egress"] });
  });
});

const kustomize = spawnSync("kubectl", ["version", "--client"]).status === 0;

describe("kubectl kustomize (skipped where there is no kubectl)", () => {
  const build = (folder: string): readonly Manifest[] =>
    parseAllDocuments(execFileSync("kubectl", ["kustomize", join(DEPLOY, folder)], { encoding: "utf8" })).map((one) =>
      manifest.parse(one.toJS()),
    );

  test.skipIf(!kustomize)("builds manifests that follow the schemas, in one namespace, with the policy in them", () => {
    const built = build("kubernetes");
    expect(built.flatMap(faultsOf)).toEqual([]);
    expect(built.map(({ kind }) => kind).sort()).toEqual([...manifests.map(({ kind }) => kind), "ConfigMap"].sort());
    const policy = built.find(({ kind }) => kind === "ConfigMap");
    expect(policy).toMatchObject({
      metadata: { name: "breakglass-policy", namespace: "breakglass" },
      data: { "breakglass.yaml": text("kubernetes", "breakglass.yaml") },
    });
  });

  test.skipIf(!kustomize)("leaves the user id to OpenShift", () => {
    const built = build("openshift");
    expect(built.flatMap(faultsOf)).toEqual([]);
    const text = JSON.stringify(built.find(({ kind }) => kind === "Deployment"));
    expect(text).toContain('"runAsNonRoot":true');
    expect(text).not.toContain("runAsUser");
  });
});
