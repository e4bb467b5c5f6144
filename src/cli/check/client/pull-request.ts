import { COMMIT_PATTERN } from "../../../domain/gate-checks/forms.js";
import { isObject, parseJson } from "./json.js";
import type { PullRequest } from "./pipelines.js";
import type { World } from "./world.js";

/** The pull request for which GitHub runs this job, from the file with its event; `null` when it runs for none. */
export async function pullRequestOf({ env, readFile }: Pick<World, "env" | "readFile">): Promise<PullRequest | null> {
  const path = env.GITHUB_EVENT_PATH;
  if (env.GITHUB_ACTIONS !== "true" || path === undefined || path === "") return null;
  let text: string;
  try {
    text = new TextDecoder().decode(await readFile(path));
  } catch {
    return null;
  }
  const event = parseJson(text);
  const pull = isObject(event) ? event.pull_request : undefined;
  if (!isObject(pull) || !isObject(pull.head)) return null;
  const { number, head } = { number: pull.number, head: pull.head.sha };
  const isPull = typeof number === "number" && Number.isSafeInteger(number) && number > 0;
  return isPull && typeof head === "string" && COMMIT_PATTERN.test(head) ? { number, head } : null;
}
