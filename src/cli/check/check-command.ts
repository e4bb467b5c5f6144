import type { Command } from "../command.js";
import { wayOut } from "../way-out.js";
import { CHECK_USAGE, checkWithArguments } from "./client/check-with-arguments.js";

/** `breakglass check`: asks whether this run of a pipeline may skip a gate. */
export const checkCommand: Command = {
  name: "check",
  summary: "Ask whether this run of a pipeline may skip a gate",
  usage: CHECK_USAGE,
  run: (args, io) => checkWithArguments(args, io, wayOut(io.env)),
};
