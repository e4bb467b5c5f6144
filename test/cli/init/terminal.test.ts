import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { openTerminal, Stopped } from "../../../src/cli/init/terminal.js";

function opened() {
  const input = new PassThrough();
  const output = new PassThrough();
  let screen = "";
  output.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
  });
  return { input, terminal: openTerminal({ input, output, interactive: true }), screen: () => screen };
}

test("a typed answer is echoed, a secret is not", async () => {
  const { input, terminal, screen } = opened();
  const name = terminal.ask("Name? ");
  input.write("visible-answer\n");
  expect(await name).toBe("visible-answer");
  const secret = terminal.askHidden("Secret? ");
  input.write("hidden-answer\n");
  expect(await secret).toBe("hidden-answer");
  const after = terminal.ask("And? ");
  input.write("more\n");
  expect(await after).toBe("more");
  expect(screen()).toContain("visible-answer");
  expect(screen()).toContain("Secret? ");
  expect(screen()).toContain("And? ");
  expect(screen()).not.toContain("hidden");
  terminal.close();
});

test.each([
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
])("%s ends the question", async (_, key) => {
  const { input, terminal } = opened();
  const answer = terminal.ask("Name? ");
  input.write(key);
  await expect(answer).rejects.toBeInstanceOf(Stopped);
  terminal.close();
});

test("where nobody is there, a question is refused at once", async () => {
  const terminal = openTerminal({ input: new PassThrough(), output: new PassThrough(), interactive: false });
  await expect(terminal.ask("Name? ")).rejects.toBeInstanceOf(Stopped);
});
