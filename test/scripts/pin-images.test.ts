import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

let folder: string;
let registry: Server;
let address: string;
/** What the registry has behind each tag. */
let manifests: Map<string, string>;
let lies: boolean;

const digestOf = (manifest: string): string => `sha256:${createHash("sha256").update(manifest).digest("hex")}`;

/** A registry as Docker Hub is one: it sends whoever has no token to fetch one, and answers the platforms of a tag. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakglass-pins-"));
  for (const file of ["Dockerfile", "docker-compose.yml"]) await cp(join(ROOT, file), join(folder, file));
  manifests = new Map(["node/24-slim", "postgres/18", "redis/8"].map((tag) => [tag, `{"of":"${tag}"}`]));
  lies = false;
  registry = createServer((request, response) => {
    const url = new URL(request.url ?? "/", address);
    if (url.pathname === "/token")
      return response.end(JSON.stringify({ token: `for ${url.searchParams.get("scope")}` }));
    const [, name = "", tag = ""] = /^\/v2\/library\/([^/]+)\/manifests\/([^/]+)$/.exec(url.pathname) ?? [];
    const scope = `repository:library/${name}:pull`;
    if (request.headers.authorization !== `Bearer for ${scope}`) {
      const challenge = `Bearer realm="${address}/token",service="registry.test",scope="${scope}"`;
      return response.writeHead(401, { "www-authenticate": challenge }).end();
    }
    const manifest = manifests.get(`${name}/${tag}`);
    if (manifest === undefined || !request.headers.accept?.includes("image.index.v1+json"))
      return response.writeHead(404).end();
    return response.writeHead(200, { "docker-content-digest": digestOf(lies ? "another" : manifest) }).end(manifest);
  });
  address = await new Promise((ready) => {
    registry.listen(0, "127.0.0.1", () => {
      const at = registry.address();
      ready(`http://127.0.0.1:${typeof at === "object" && at ? at.port : 0}`);
    });
  });
});

afterEach(async () => {
  await new Promise((closed) => registry.close(closed));
  await rm(folder, { recursive: true, force: true });
});

const pin = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [join(ROOT, "scripts/pin-images.mjs"), "--registry", address, ...args], {
    cwd: folder,
  }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );

const text = (file: string): Promise<string> => readFile(join(folder, file), "utf8");
const images = async (): Promise<readonly string[]> =>
  [...`${await text("Dockerfile")}${await text("docker-compose.yml")}`.matchAll(/^(?:FROM|\s+image:) (\S+)/gm)].map(
    ([, image = ""]) => image,
  );
const pinned = (name: string, tag: string): string =>
  `${name}:${tag}@${digestOf(manifests.get(`${name}/${tag}`) ?? "")}`;

describe("scripts/pin-images.mjs", () => {
  test("writes the digest of every image of the Dockerfile and of docker-compose.yml behind its tag", async () => {
    expect((await pin("--check")).code).toBe(1);
    expect((await pin()).code).toBe(0);
    const node = pinned("node", "24-slim");
    expect(await images()).toEqual([node, node, pinned("postgres", "18"), pinned("redis", "8")]);
    expect(await text("Dockerfile")).toContain(`FROM ${node} AS build\n`);
    expect(await pin("--check")).toMatchObject({ code: 0, stdout: "" });
  });

  test("replaces a digest when its tag has moved", async () => {
    await pin();
    manifests.set("redis/8", '{"of":"a newer redis"}');
    expect(await pin("--check")).toMatchObject({ code: 1, stdout: expect.stringContaining("docker-compose.yml") });
    await pin();
    expect(await images()).toContain(pinned("redis", "8"));
  });

  test.each([
    ["has no such image", () => manifests.delete("postgres/18"), /404 for postgres:18/],
    [
      "sends something else than it says",
      () => {
        lies = true;
      },
      /but sent sha256:/,
    ],
  ])("writes nothing when the registry %s", async (_, breakIt, message) => {
    const before = await images();
    breakIt();
    const { code, stderr } = await pin();
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(await images()).toEqual(before);
  });
});
