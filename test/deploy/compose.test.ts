import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { readMigrationConfig } from "../../src/app/choose-database.js";
import { readConfig } from "../../src/app/config.js";
import { createEmptyDatabase, type TestDatabase } from "../support/postgres.js";

const text = (name: string): string => readFileSync(resolve(import.meta.dirname, "../..", name), "utf8");

const seconds = z.string().regex(/^\d+(ms|s|m|h)$/);
const healthcheck = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.tuple([z.enum(["CMD", "CMD-SHELL"])], z.string()),
    interval: seconds,
    timeout: seconds,
    retries: z.int().positive(),
    start_period: seconds.optional(),
  }),
]);
const mount = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("bind"),
    source: z.string().regex(/^\$\{BREAKGLASS_POLICY:-\.\/breakglass\.yaml\}$/),
    target: z.string().startsWith("/"),
    read_only: z.literal(true),
    bind: z.strictObject({ create_host_path: z.literal(false) }),
  }),
  z.strictObject({ type: z.literal("volume"), source: z.string(), target: z.string().startsWith("/") }),
]);
/** The keys of the Compose specification in use. Strict, so that a misspelt key fails. */
const service = z.strictObject({
  build: z.literal(".").optional(),
  image: z
    .string()
    .regex(/^[a-z]+:\d+(@sha256:[0-9a-f]{64})?$/, "pin a major version")
    .optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string().regex(/^[A-Z_]+$/), z.string()).optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(["service_healthy", "service_started", "service_completed_successfully"]) }),
    )
    .optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, "publish on the loopback only")).optional(),
  volumes: z.array(mount).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string().startsWith("/") })).optional(),
  healthcheck: healthcheck.optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  init: z.boolean().optional(),
  shm_size: z.string().optional(),
  logging: z.strictObject({
    driver: z.literal("json-file"),
    options: z.strictObject({ "max-size": z.string().regex(/^\d+m$/), "max-file": z.string().regex(/^\d+$/) }),
  }),
  restart: z.enum(["unless-stopped", "no"]),
  stop_grace_period: seconds.optional(),
});
const compose = z
  .strictObject({
    name: z.string(),
    services: z.strictObject({ migrate: service, bot: service, postgres: service, redis: service }),
    volumes: z.record(z.string(), z.strictObject({})),
    configs: z.record(z.string(), z.strictObject({ content: z.string() })),
  })
  .parse(parse(text("docker-compose.yml")));

const { migrate, bot, postgres: database, redis } = compose.services;
const services = Object.entries(compose.services);

/** Substitutes `${NAME:?message}`, `${NAME:-}` and `$$` as `docker compose` does. */
function substituted(value: string, env: Readonly<Record<string, string>>): string {
  return value.replace(/\$\$|\$\{([A-Z_]+):(\?[^}]*|-)\}/g, (found, name: string | undefined, rest: string) =>
    name === undefined ? "$" : (env[name] ?? (rest === "-" ? "" : found)),
  );
}

/** The environment that a service gets with these values in `.env`. */
const environmentOf = ({ environment = {} }: z.infer<typeof service>, env: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, substituted(value, env)]));

const SECRETS = { POSTGRES_APP_PASSWORD: "appword1", POSTGRES_ADMIN_PASSWORD: "adminword1" };
const SLACK = { SLACK_BOT_TOKEN: ["xo", "xb-1"].join(""), SLACK_SIGNING_SECRET: "signing1" };

describe("docker-compose.yml", () => {
  test("states that it was not run", () => {
    expect(text("docker-compose.yml")).toMatch(/^# .*\n# Not run here/);
  });

  test("names only services, volumes and configs that it defines", () => {
    const volumes = services.flatMap(([, { volumes = [] }]) =>
      volumes.flatMap((mounted) => (mounted.type === "volume" ? [mounted.source] : [])),
    );
    expect([...volumes].sort()).toEqual(Object.keys(compose.volumes).sort());
    const configs = services.flatMap(([, { configs = [] }]) => configs.map(({ source }) => source));
    expect(configs).toEqual(Object.keys(compose.configs));
    const dependencies = services.flatMap(([, { depends_on = {} }]) => Object.keys(depends_on));
    expect(dependencies.every((name) => name in compose.services)).toBe(true);
  });

  test("waits only for services that have a health check", () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        if (condition === "service_healthy")
          expect(services.find(([other]) => other === name)?.[1].healthcheck).toBeDefined();
      }
    }
  });

  test("contains no secret: each comes from .env and is required", () => {
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD/.test(name)) expect(value).toMatch(/^\$\{[A-Z_]+:\?.+\}$/);
        expect(value).not.toMatch(/:\/\/[^:/]+:[^$@]+@/);
      }
    }
  });

  test("migrates in a step of its own, which has the administrator's address and no secret of Slack", () => {
    expect(migrate).toMatchObject({ build: ".", command: ["breakglass", "migrate"], restart: "no" });
    expect(migrate.depends_on).toEqual({ postgres: { condition: "service_healthy" } });
    expect(bot.depends_on?.migrate).toEqual({ condition: "service_completed_successfully" });
    const env = environmentOf(migrate, { ...SECRETS, ...SLACK });
    const { server, jobsHere } = readMigrationConfig(env);
    expect(new URL(server.adminUrl?.reveal() ?? "").username).toBe(database.environment?.POSTGRES_USER);
    expect(jobsHere).toBe(false);
    expect(JSON.stringify(env)).not.toMatch(/SLACK|signing1/);
  });

  test("keeps the administrator's password out of the bot's environment", () => {
    const all = environmentOf(bot, { ...SECRETS, ...SLACK });
    expect(JSON.stringify(all)).not.toMatch(/ADMIN|adminword1/i);
    expect(all).toMatchObject(SLACK);
  });

  test("passes on each variable of .env.example that is not the database's or fixed here", () => {
    const known = [...text(".env.example").matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name = ""]) => name);
    const passed = Object.keys(bot.environment ?? {});
    expect(known.length).toBeGreaterThan(20);
    const withheld = known.filter((name) => !passed.includes(name));
    expect(withheld.sort()).toEqual(
      ["DATABASE_ADMIN_URL", "DATABASE_JOBS_URL", "POSTGRES_ADMIN_PASSWORD", "POSTGRES_APP_PASSWORD"].sort(),
    );
    expect(passed.filter((name) => !known.includes(name))).toEqual([]);
  });

  test("gives the bot a valid environment: a server, the run-time role, Redis, the mounted policy", () => {
    const env = environmentOf(bot, { ...SECRETS, ...SLACK });
    const config = readConfig(env);
    expect(config.database.kind).toBe("server");
    expect(config.redisUrl).not.toBeNull();
    expect(bot.volumes).toContainEqual(
      expect.objectContaining({ type: "bind", target: config.policyFile, read_only: true }),
    );
    expect(bot.volumes).toContainEqual(expect.objectContaining({ type: "volume", target: config.dataDir }));
    expect(bot.ports).toEqual([`127.0.0.1:${config.http.port}:${config.http.port}`]);
    const app = new URL(env.DATABASE_URL ?? "");
    expect(app.username).not.toBe(database.environment?.POSTGRES_USER);
    expect([app.hostname, app.pathname]).toEqual(["postgres", "/breakglass"]);
    expect(migrate.environment?.DATABASE_URL).toBe(bot.environment?.DATABASE_URL);
    expect(app.password).toBe(SECRETS.POSTGRES_APP_PASSWORD);
    expect(compose.configs["app-role"]?.content).toContain(`--set=role=${app.username}`);
  });

  test("gives the bot longer to stop than its maximum, and no rights that it does not need", () => {
    expect(Number.parseInt(bot.stop_grace_period ?? "0", 10)).toBeGreaterThan(10);
    expect(bot).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      init: true,
    });
  });

  test("runs Redis with noeviction and an append-only file", () => {
    expect(redis.command?.join(" ")).toMatch(/--maxmemory-policy noeviction --appendonly yes/);
  });

  test("runs the PostgreSQL version of the tests, and publishes the ports of neither PostgreSQL nor Redis", () => {
    expect(database.image).toMatch(/^postgres:18(@|$)/);
    expect([database.ports, redis.ports]).toEqual([undefined, undefined]);
    expect(database.volumes).toEqual([expect.objectContaining({ target: "/var/lib/postgresql" })]);
  });
});

describe("the script that creates the run-time role", () => {
  let empty: TestDatabase;
  let admin: postgres.Sql;
  let role: string;

  beforeAll(async () => {
    empty = await createEmptyDatabase();
    admin = postgres(empty.adminUrl, { max: 1, onnotice: () => {} });
    role = `${empty.name}_role`;
  });

  afterAll(async () => {
    await empty.drop();
    await admin.end({ timeout: 1 });
    const other = postgres(new URL("/postgres", empty.adminUrl).href, { max: 1, onnotice: () => {} });
    await other.unsafe(`DROP ROLE IF EXISTS ${role}`);
    await other.end({ timeout: 1 });
  });

  test("allows the role to log in but not to create anything", async () => {
    const script = substituted(compose.configs["app-role"]?.content ?? "", {});
    const [, sql = ""] = /<<'SQL'\n([\s\S]*?)\nSQL\n/.exec(script) ?? [];
    const password = "it's a test";
    const values: Record<string, string> = {
      ':"role"': `"${role}"`,
      ':"database"': `"${empty.name}"`,
      ":'password'": `'${password.replaceAll("'", "''")}'`,
    };
    await admin.unsafe(sql.replace(/:["'][a-z]+["']/g, (name) => values[name] ?? name));
    const app = postgres(
      Object.assign(new URL(empty.adminUrl), { username: role, password: encodeURIComponent(password) }).href,
      { max: 1 },
    );
    expect(await app`SELECT current_user::text AS me`).toEqual([{ me: role }]);
    await expect(app`CREATE SCHEMA mine`).rejects.toMatchObject({ code: "42501" });
    await expect(app`CREATE TABLE public.mine ()`).rejects.toMatchObject({ code: "42501" });
    await expect(app`CREATE TEMP TABLE mine ()`).rejects.toMatchObject({ code: "42501" });
    await app.end({ timeout: 1 });
  });
});
