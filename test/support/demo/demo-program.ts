import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** `npm run demo` in a child process. */
export interface DemoProcess {
  /** The address of the page, once it is served. Rejects with the output when the process ends first. */
  readonly page: Promise<string>;
  readonly ended: Promise<number | null>;
  output(): string;
  signal(signal: NodeJS.Signals): void;
}

interface DemoStart {
  /** The folder of the built program. The demo keeps its data in `cwd`, by default this folder. */
  readonly program: string;
  readonly cwd?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly script?: string;
}

const running = new Set<ChildProcess>();
// A test worker that is ended from outside must not leave a demo running.
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
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      const [address] = /http:\/\/127\.0\.0\.1:\d+\/(?=\s)/.exec(output) ?? [];
      if (address !== undefined && output.includes("Ctrl-C ends it")) resolve(address);
    };
    demo.stdout.on("data", collect);
    demo.stderr.on("data", collect);
    demo.once("close", () => reject(new Error(`The demo ended before it showed a page:\n${output}`)));
  });
  // Not every test awaits the page; without this, its rejection would be unhandled.
  page.catch(() => {});
  const ended = once(demo, "close").then(([code]: (number | null)[]) => {
    running.delete(demo);
    return code ?? null;
  });
  return { page, ended, output: () => output, signal: (signal) => demo.kill(signal) };
}
