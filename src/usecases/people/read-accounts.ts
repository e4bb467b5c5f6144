import type { AppContext } from "../app-context.js";
import type { Account } from "../ports/ports.js";

/** Looks these accounts up. `account` is `null` for one that could not be looked up. */
export function readAccounts(
  { directory }: Pick<AppContext, "directory">,
  users: readonly string[],
): Promise<readonly { readonly user: string; readonly account: Account | null }[]> {
  return Promise.all(users.map(async (user) => ({ user, account: await directory.account(user) })));
}

/** Whether the account is no member of this workspace. One that could not be looked up counts as a member. */
export const isKnownStranger = (account: Account | null): boolean =>
  account !== null && account.accountStatus !== "member";
