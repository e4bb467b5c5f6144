// Writes the digest of each base image beside its tag, in Dockerfile and docker-compose.yml, as the registry gives it now.
// Usage: pin-images.mjs [--check] [--registry URL]. Needs the network. --check writes nothing, and fails where a digest is
// missing or another one. The registry is Docker Hub's, or a mirror that speaks the same protocol.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const FILES = ["Dockerfile", "docker-compose.yml"];
const IMAGE = /^(FROM +|\s+image: )([a-z0-9]+):([\w.-]+)(?:@(sha256:[0-9a-f]{64}))?/gm;

/** What a registry may answer with: the list of all platforms, which is what a tag means, or a single image. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    registry: { type: "string", default: "https://registry-1.docker.io" },
  },
});

/** @param {string} url @param {string | null} token */
const ask = (url, token) =>
  fetch(url, {
    headers: { accept: MANIFESTS, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    signal: AbortSignal.timeout(30_000),
  });

/**
 * Gets a token as the registry's refusal asks for: anybody may read public images, but not without one.
 * @param {string} challenge its header `www-authenticate`
 */
async function tokenFor(challenge) {
  const part = (/** @type {string} */ name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  const query = new URLSearchParams({ service: part("service"), scope: part("scope") });
  const answer = await fetch(`${part("realm")}?${query}`, { signal: AbortSignal.timeout(30_000) });
  const { token } = await answer.json();
  return String(token);
}

/** @param {string} name @param {string} tag @returns {Promise<string>} the digest, computed from what the registry sent */
async function digestOf(name, tag) {
  const url = `${values.registry}/v2/library/${name}/manifests/${tag}`;
  let answer = await ask(url, null);
  if (answer.status === 401) answer = await ask(url, await tokenFor(answer.headers.get("www-authenticate") ?? ""));
  if (!answer.ok) throw new Error(`The registry answers ${answer.status} for ${name}:${tag}. Nothing was written.`);
  const digest = `sha256:${createHash("sha256")
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest("hex")}`;
  const claimed = answer.headers.get("docker-content-digest");
  if (claimed !== null && claimed !== digest)
    throw new Error(`The registry says ${claimed} for ${name}:${tag}, but sent ${digest}. Nothing was written.`);
  return digest;
}

const texts = FILES.map((file) => ({ file, text: readFileSync(file, "utf8") }));
const found = texts.flatMap(({ text }) =>
  [...text.matchAll(IMAGE)].map(([, , name = "", tag = ""]) => ({ name, tag })),
);
/** @type {Map<string, string>} */
const digests = new Map();
for (const { name, tag } of found)
  if (!digests.has(`${name}:${tag}`)) digests.set(`${name}:${tag}`, await digestOf(name, tag));

for (const { file, text } of texts) {
  const pinned = text.replace(
    IMAGE,
    (_, start, name, tag) => `${start}${name}:${tag}@${digests.get(`${name}:${tag}`)}`,
  );
  if (pinned === text) continue;
  if (!values.check) writeFileSync(file, pinned);
  process.stdout.write(`${file}: ${values.check ? "not pinned to what the registry has now" : "pinned"}\n`);
  if (values.check) process.exitCode = 1;
}
