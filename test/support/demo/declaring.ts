import type { Locator } from "playwright-core";
import { expect } from "vitest";
import type { Visitor } from "./visitor.js";

/** A bypass in a workspace that also holds others. */
export interface Declared {
  /** Such as `BG-7`. */
  readonly name: string;
  /** Its alert in #incidents, as this visitor sees it. */
  alert(of: Visitor): Locator;
}

/** The alert of the bypass for this incident, whatever its number. */
export function alertOf({ main, page }: Visitor, incident: string): Locator {
  const heading = page.getByRole("heading", { name: new RegExp(`^BG-\\d+ .* for ${incident}$`) });
  return main.locator("article").filter({ has: heading });
}

/** Declares a bypass as the visitor's person. No other test may use the same incident. */
export async function declare(visitor: Visitor, incident: string): Promise<Declared> {
  const { page, write, button } = visitor;
  await write("/breakglass");
  const dialog = page.getByRole("dialog", { name: "Break Glass" });
  await dialog.waitFor();
  await button("Fill In an Example", dialog).click();
  await expect.poll(() => dialog.getByLabel("Incident").inputValue()).toBe("INC-219");
  await dialog.getByLabel("Incident").fill(incident);
  await button("Break Glass", dialog).click();
  await dialog.waitFor({ state: "detached" });
  const heading = await alertOf(visitor, incident).getByRole("heading").innerText();
  const [name = ""] = /^BG-\d+/.exec(heading) ?? [];
  return { name, alert: (of) => alertOf(of, incident) };
}
