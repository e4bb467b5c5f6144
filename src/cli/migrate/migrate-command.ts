import { readMigrationConfig } from "../../app/choose-database.js";
import { FaultyConfiguration } from "../../lib/errors.js";
import { forgetClientSettings } from "../../postgres/embedded/client-settings.js";
import { type MigratedServer, migrateServer } from "../../postgres/migrate-server.js";
import { type Command, type CommandIo, EXIT } from "../command.js";

/** `breakglass migrate`: the step of an installation or upgrade that needs the database's administrator. */
export const migrateCommand: Command = {
  name: "migrate",
  summary:
    "Bring your PostgreSQL up to date with this release, so that the bot runs without an administrator's address",
  usage: [
    "breakglass migrate",
    "  reads DATABASE_URL, DATABASE_ADMIN_URL, DATABASE_JOBS_URL and REDIS_URL as the bot does, and no secret of Slack.",
    "  Makes or changes tables, functions, event types and rights in one transaction. It can be run again at will.",
    "  Stop the bots of an older release first: they do not know the new tables.",
    "  exit 0 the database is up to date, 78 it was left as it was, for the reason that is given",
  ],
  run: async (args, io) => {
    if (args.length > 0) {
      io.err(`breakglass migrate: expected nothing more, found ${JSON.stringify(args[0])}`);
      return EXIT.wrongUsage;
    }
    // An address says everything, as for the bot.
    forgetClientSettings(io.env);
    try {
      const { server, jobsHere } = readMigrationConfig(io.env);
      const urls = {
        url: server.url.reveal(),
        adminUrl: server.adminUrl?.reveal() ?? null,
        jobsUrl: server.jobsUrl?.reveal() ?? null,
      };
      report(await migrateServer(urls, { jobsHere, say: (line) => io.err(line) }), io);
      return EXIT.fine;
    } catch (fault) {
      if (!(fault instanceof FaultyConfiguration)) throw fault;
      io.err("breakglass migrate: nothing was migrated.");
      for (const sentence of fault.faults) io.err(`  - ${sentence}`);
      return EXIT.faultyConfiguration;
    }
  },
};

function report({ applied, ownerRole, appRole, protection }: MigratedServer, io: CommandIo): void {
  io.out(`The database is up to date${applied.length === 0 ? "" : `; migrations run: ${applied.join(", ")}`}.`);
  io.out(`Owner of the tables: ${ownerRole}. Run-time role: ${appRole}.`);
  if (protection.protected) return;
  io.err(`The trail is not protected from ${appRole}: it ${protection.reasons.join("; it ")}.`);
  io.err("Give DATABASE_URL a plain role that owns nothing; see docs/operating/postgres.md.");
}
