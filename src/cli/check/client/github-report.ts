import { appendFile } from "node:fs/promises";
import { printable } from "../../../domain/text/printable.js";
import { EXIT } from "../../command.js";
import type { Outcome } from "./check-gate.js";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Tells GitHub Actions the outcome, where its job asks for it: the outputs `skip`, `reason`, `grant`, `receipt` and `why`, and a
 * line of the job's summary. Each value is one line, so none can set another output.
 * @returns what could not be written
 */
export async function reportToGithub(outcome: Outcome, env: Env): Promise<readonly string[]> {
  if (env.GITHUB_ACTIONS !== "true") return [];
  const written = await Promise.all([
    append(env.GITHUB_OUTPUT, outputsOf(outcome)),
    append(env.GITHUB_STEP_SUMMARY, `${summaryOf(outcome)}\n`),
  ]);
  return written.flatMap((failed) => failed ?? []);
}

async function append(path: string | undefined, text: string): Promise<string | null> {
  if (path === undefined || path === "") return null;
  try {
    await appendFile(path, text);
    return null;
  } catch {
    return `${path} could not be written`;
  }
}

function outputsOf({ code, line, answer }: Outcome): string {
  const outputs = {
    skip: String(code === EXIT.fine),
    reason: answer?.reason ?? "",
    grant: answer?.grant ?? "",
    receipt: answer?.receipt ?? "",
    why: printable(line),
  };
  return Object.entries(outputs)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function summaryOf({ code, line, answer, question }: Outcome): string {
  const head = `**Breakglass** · ${code === EXIT.fine ? "⏭️ skipped" : "▶️ runs"} · ${asText(line)}`;
  if (question === null || answer === null) return head;
  const { seq, head: at } = answer.trail;
  return `${head}\n\n<sub>${asText(question.target)} · commit ${question.commit.slice(0, 12)} · trail ${seq}:${at}</sub>`;
}

/** Text as it stands: neither Markdown nor HTML, nor a mention. */
const asText = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]()#+!|~-]/g, "\\$&")
    .replace(/[&<>@]/g, (character) => `&#${character.charCodeAt(0)};`);
