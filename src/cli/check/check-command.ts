import { type Command, EXIT } from "../command.js";
import { wayOut } from "../way-out.js";
import { CHECK_USAGE, checkWithArguments } from "./client/check-with-arguments.js";

/** `breakglass check`: asks whether this run of a pipeline may skip a gate. */
export const checkCommand: Command = {
  name: "check",
  summary: "Ask whether this run of a pipeline may skip a gate",
  usage: CHECK_USAGE,
  run: async (args, io) => {
    const out = wayOut(io.env);
    if ("fetch" in out) return checkWithArguments(args, io, out.fetch);
    io.err(`breakglass check: ${out.fault} Nothing was asked: run the gate.`);
    return EXIT.faultyConfiguration;
  },
};
