import { parseArgs } from "node:util";

/** The options of the command line. */
export interface DemoOptions {
  /**
   * `page`: the workspace in a browser. `tell`: the story in the terminal. `null`: the page where a browser or terminal
   * is there, else the story.
   */
  readonly show: "page" | "tell" | null;
  /** The page's port; `null` for the default port, or the next free one. */
  readonly port: number | null;
  /** Delete the workspace of the last run and start with an empty one. */
  readonly fresh: boolean;
  /** Open the page in a browser. */
  readonly open: boolean;
}

export const USAGE = `npm run demo [-- options]

  (none)       the workspace in your browser; where there is neither a browser nor a terminal, the story as text
  --page       the workspace in a browser, in any case
  --tell       the whole story of one bypass in the terminal, played by itself
  --fresh      begin with an empty workspace; the old one is deleted
  --port N     the page's port on 127.0.0.1 (4777, or the next free one)
  --no-open    do not open a browser; the address is told`;

/** Returns the options, or what is wrong with them. */
export function readOptions(args: readonly string[]): DemoOptions | { readonly wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        page: { type: "boolean", default: false },
        tell: { type: "boolean", default: false },
        fresh: { type: "boolean", default: false },
        port: { type: "string" },
        "no-open": { type: "boolean", default: false },
      },
    });
    const { page, tell, fresh, port } = values;
    if (page && tell) return { wrong: "--page and --tell exclude each other." };
    if (port !== undefined && !isPort(port)) return { wrong: `--port takes a number from 1 to 65535, not "${port}".` };
    return {
      show: page ? "page" : tell ? "tell" : null,
      port: port === undefined ? null : Number(port),
      fresh,
      open: !values["no-open"],
    };
  } catch (fault) {
    return { wrong: fault instanceof Error ? fault.message : String(fault) };
  }
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
