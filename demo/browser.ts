import { spawn } from "node:child_process";

type Environment = Readonly<Record<string, string | undefined>>;

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  linux: ["xdg-open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Reports whether a browser has a screen to open on. Over SSH and in CI there is none, even if the machine has one. */
export function hasScreen(platform: NodeJS.Platform, env: Environment): boolean {
  if (env.SSH_CONNECTION !== undefined || env.CI !== undefined) return false;
  if (platform === "linux") return (env.DISPLAY ?? env.WAYLAND_DISPLAY ?? "") !== "";
  return platform === "darwin" || platform === "win32";
}

/** Opens the address in the default browser. Resolves with `false` when no program can open it. */
export function openInBrowser(url: string, platform: NodeJS.Platform): Promise<boolean> {
  const opener = OPENERS[platform];
  if (opener === undefined) return Promise.resolve(false);
  const [program, ...args] = opener;
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
