import { codesOf } from "../../../lib/causes.js";
import { readAtMost } from "../../../lib/read-response.js";
import { safeAddress } from "../../../lib/safe-address.js";
import { isObject, parseJson } from "./json.js";
import { onceMore } from "./once-more.js";
import type { World } from "./world.js";

/** The token to ask with; or why there is none, and whether that is for the operator to mend. */
export type FoundToken = { readonly token: string } | { readonly missing: true } | { readonly fault: string };

const MAX_BYTES = 64 * 1024;

/**
 * The token that says who asks: `BREAKGLASS_TOKEN`, or inside GitHub Actions one that GitHub makes for this job and this
 * audience.
 */
export async function findToken({ env, fetch }: World, audience: string, signal: AbortSignal): Promise<FoundToken> {
  const given = env.BREAKGLASS_TOKEN?.trim() ?? "";
  if (given !== "") return { token: given };
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: right } = env;
  if (!address || !right) return { missing: true };
  const url = safeAddress(address);
  if (url === null) return { fault: "ACTIONS_ID_TOKEN_REQUEST_URL is no https:// address" };
  url.searchParams.set("audience", audience);
  const attempted = await onceMore(signal, async (): Promise<FoundToken> => {
    const headers = { authorization: `bearer ${right}`, accept: "application/json" };
    const response = await fetch(url, { headers, redirect: "manual", signal });
    if (response.status !== 200)
      return { fault: `GitHub answers ${response.status} to the request for an identity token` };
    const body = parseJson((await readAtMost(MAX_BYTES, response)) ?? "");
    const token = isObject(body) ? body.value : undefined;
    return typeof token === "string" && token !== "" ? { token } : { fault: "GitHub gave no identity token" };
  });
  if ("result" in attempted) return attempted.result;
  const why = "late" in attempted ? "no answer in time" : (codesOf(attempted.fault).at(-1) ?? "no connection");
  return { fault: `GitHub could not be asked for an identity token (${why})` };
}
