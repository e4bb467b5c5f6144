// Preloaded into a bot with `BREAKGLASS_BENCH_PROFILE`, since Node accepts --cpu-prof only on its command line.
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
