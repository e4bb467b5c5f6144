import postgres from "postgres";
import type { TestDatabase } from "../postgres.js";

/**
 * Makes the database refuse writes, as a standby does after a failover, also on the connections that are open.
 * @returns undoes it
 */
export async function readOnly({ adminUrl, name }: TestDatabase): Promise<() => Promise<void>> {
  const set = async (value: "on" | "off"): Promise<void> => {
    const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
    await admin.unsafe("SET default_transaction_read_only = off");
    await admin.unsafe(`ALTER DATABASE "${name}" SET default_transaction_read_only = ${value}`);
    await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = ${name} AND pid <> pg_backend_pid()`;
    await admin.end({ timeout: 1 });
  };
  await set("on");
  return () => set("off");
}
