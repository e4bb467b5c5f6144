import { describe, expect, it } from "vitest";
import { hasScreen } from "../../demo/browser.js";

describe("hasScreen", () => {
  it.each<[NodeJS.Platform, Record<string, string>, boolean]>([
    ["linux", {}, false],
    ["linux", { DISPLAY: "" }, false],
    ["linux", { DISPLAY: ":0" }, true],
    ["linux", { WAYLAND_DISPLAY: "wayland-0" }, true],
    ["linux", { DISPLAY: ":0", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, false],
    ["darwin", {}, true],
    ["darwin", { CI: "true" }, false],
    ["win32", {}, true],
    ["freebsd", { DISPLAY: ":0" }, false],
  ])("on %s with %o is %s", (platform, env, expected) => {
    expect(hasScreen(platform, env)).toBe(expected);
  });
});
