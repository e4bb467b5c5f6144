import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of the browser on this machine; `null` when there is none, and the suites that need one are skipped. */
export const browserPath: string | null = findBrowser();

function findBrowser(): string | null {
  const given = process.env.TEST_BROWSER;
  if (given !== undefined) return given === "" ? null : given;
  const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/bin");
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export async function openBrowser(): Promise<Browser> {
  if (browserPath === null) throw new Error("There is no Chromium on this machine.");
  // Chromium refuses its sandbox to root; the pages are our own.
  return chromium.launch({
    executablePath: browserPath,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    timeout: 110_000,
  });
}
