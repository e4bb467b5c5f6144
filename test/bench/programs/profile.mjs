// Loaded into a bot by `BREAKGLASS_BENCH_PROFILE`, since Node takes --cpu-prof from its command line alone.
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.start");
process.once("exit", () => {
  session.post("Profiler.stop", (fault, { profile }) => {
    if (fault) return;
    const folder = process.env.BREAKGLASS_BENCH_PROFILE ?? ".";
    writeFileSync(join(folder, `bot-${process.pid}.cpuprofile`), JSON.stringify(profile));
  });
});
