import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** `npm run demo`, as a process of its own. */
export interface DemoProcess {
  readonly pid: number;
  /** The address of its page, once it is served; rejects with what it said when it ended before. */
  readonly page: Promise<string>;
  readonly ended: Promise<number | null>;
  output(): string;
  signal(signal: NodeJS.Signals): void;
}

export interface DemoStart {
  /** A folder with the built program; the demo keeps its data there unless `cwd` is another one. */
  readonly program: string;
  readonly cwd?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly script?: string;
}

const running = new Set<ChildProcess>();
// A worker that is ended from outside must not leave a demo behind.
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export function startDemo({ program, cwd = program, args = ["--page"], env = {}, script }: DemoStart): DemoProcess {
  const demo = spawn(process.execPath, [script ?? `${program}/dist/demo/main.js`, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: program, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(demo);
  let output = "";
  const page = new Promise<string>((resolve, reject) => {
    const heard = (chunk: Buffer): void => {
      output += chunk.toString();
      const [address] = /http:\/\/127\.0\.0\.1:\d+\/(?=\s)/.exec(output) ?? [];
      if (address !== undefined && output.includes("Ctrl-C ends it")) resolve(address);
    };
    demo.stdout.on("data", heard);
    demo.stderr.on("data", heard);
    demo.once("close", () => reject(new Error(`The demo ended before it showed a page:\n${output}`)));
  });
  // Not every test waits for the page.
  page.catch(() => {});
  const ended = once(demo, "close").then(([code]: (number | null)[]) => {
    running.delete(demo);
    return code ?? null;
  });
  return { pid: demo.pid ?? 0, page, ended, output: () => output, signal: (signal) => demo.kill(signal) };
}
