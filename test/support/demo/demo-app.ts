import type { Browser } from "playwright-core";
import { openBrowser } from "../browser.js";
import { installProgram, type Program } from "../reliability/program.js";
import { type DemoProcess, startDemo } from "./demo-program.js";

/** A running demo and a browser in front of it. */
export interface DemoApp {
  readonly program: Program;
  readonly demo: DemoProcess;
  readonly browser: Browser;
  readonly address: string;
  close(): Promise<void>;
}

export async function openDemoApp(): Promise<DemoApp> {
  const program = await installProgram();
  const demo = startDemo({ program: program.folder });
  const browser = await openBrowser();
  const close = async (): Promise<void> => {
    await browser.close();
    demo.signal("SIGINT");
    await demo.ended;
    await program.dispose();
  };
  try {
    return { program, demo, browser, address: await demo.page, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}
