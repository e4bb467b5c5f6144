import { describe, expect, test } from "vitest";
import { type Readiness, shareReadiness } from "../../src/http/health.js";
import { createMetrics, type MetricsOptions } from "../../src/http/metrics.js";
import { ALL_WORDS, READYZ_WORDS } from "../../src/usecases/ports/readyz-words.js";

const readFigures = async () => ({
  waiting: 3,
  oldestSeconds: 1.5,
  requested: 2,
  active: 1,
  overdueReviews: 4,
  overdueActions: 0,
  webhooks: [{ webhook: "audit", waiting: 2, oldestSeconds: 61 }],
});

async function scrape(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const { status, headers, body } = await metrics.route.handle();
  expect(status).toBe(200);
  expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  return body.split("\n");
}

/** Metrics whose every scrape comes a minute after the one before. */
const metricsWith = (options: Partial<MetricsOptions> = {}) => {
  let now = 0;
  const clock = () => {
    now += 60_000;
    return now;
  };
  return createMetrics({ read: readFigures, release: "1.2.3", process: false, clock, ...options });
};

describe("/metrics", () => {
  test("counts commits, refusals and deliveries by outcome, code and kind", async () => {
    const metrics = metricsWith();
    metrics.commit("committed");
    metrics.commit("committed");
    metrics.commit("conflict");
    metrics.refusal("self_approval");
    metrics.delivery("alert.post", "done");
    metrics.delivery("dm.post", "later");
    const lines = await scrape(metrics);
    expect(lines).toEqual(
      expect.arrayContaining([
        'breakglass_commits_total{outcome="committed"} 2',
        'breakglass_commits_total{outcome="conflict"} 1',
        'breakglass_refusals_total{code="self_approval"} 1',
        'breakglass_deliveries_total{kind="alert.post",outcome="done"} 1',
        'breakglass_deliveries_total{kind="dm.post",outcome="later"} 1',
      ]),
    );
  });

  test("measures how long alerts, pages and sweeps take", async () => {
    const metrics = metricsWith();
    metrics.alerted(0.3);
    metrics.paged(1.5);
    await metrics.timeSweep(async () => {});
    const lines = await scrape(metrics);
    expect(lines).toEqual(
      expect.arrayContaining([
        'breakglass_alert_seconds_bucket{le="0.25"} 0',
        'breakglass_alert_seconds_bucket{le="0.5"} 1',
        "breakglass_page_seconds_sum 1.5",
        'breakglass_sweep_seconds_count{outcome="done"} 1',
      ]),
    );
  });

  test("reads the backlog and the open bypasses at each scrape", async () => {
    const lines = await scrape(metricsWith());
    expect(lines).toEqual(
      expect.arrayContaining([
        "breakglass_outbox_waiting 3",
        "breakglass_outbox_oldest_seconds 1.5",
        'breakglass_bypasses_open{status="requested"} 2',
        'breakglass_bypasses_open{status="active"} 1',
        "breakglass_database_readable 1",
        'breakglass_overdue{kind="review"} 4',
        'breakglass_overdue{kind="action"} 0',
      ]),
    );
  });

  test("has one series for each word of /readyz, 1 while it holds", async () => {
    const metrics = metricsWith();
    let reading: Readiness = { down: [], degraded: ["slack", "unknown_ids: S0GONE U0GONE"] };
    metrics.watch(async () => reading);
    const degraded = await scrape(metrics);
    for (const word of ALL_WORDS) {
      const holds = word === "slack" || word === "unknown_ids" ? 1 : 0;
      expect(degraded).toContain(`breakglass_${READYZ_WORDS[word].state}{word="${word}"} ${holds}`);
    }
    expect(degraded.join("\n")).not.toContain("S0GONE");
    reading = { down: ["postgres"], degraded: [] };
    const down = await scrape(metrics);
    expect(down).toContain('breakglass_down{word="postgres"} 1');
    expect(down).toContain('breakglass_degraded{word="slack"} 0');
  });

  test("is down with not_answering when the reading of /readyz hangs", async () => {
    const metrics = metricsWith();
    metrics.watch(shareReadiness(() => new Promise<never>(() => {}), 5));
    expect(await scrape(metrics)).toContain('breakglass_down{word="not_answering"} 1');
  });

  test("says which release runs, and counts Slack's 429s by method", async () => {
    const metrics = metricsWith();
    metrics.rateLimited("chat.postMessage");
    const lines = await scrape(metrics);
    expect(lines).toContain(`breakglass_build_info{release="1.2.3",node="${process.version}"} 1`);
    expect(lines).toContain('breakglass_slack_rate_limited_total{method="chat.postMessage"} 1');
  });

  test.each([
    ["fails", () => Promise.reject(new Error("no database"))],
    ["does not answer", () => new Promise<never>(() => {})],
  ])("answers when the database %s, and shows no old figures", async (_, unreadable) => {
    let read: MetricsOptions["read"] = readFigures;
    const metrics = metricsWith({ read: () => read(), deadlineMs: 5 });
    await scrape(metrics);
    read = unreadable;
    const lines = await scrape(metrics);
    expect(lines).toContain("breakglass_database_readable 0");
    expect(lines).toContain("breakglass_outbox_waiting Nan");
  });

  test("is read and rendered once for all who ask within a second", async () => {
    let now = 0;
    let reads = 0;
    let checks = 0;
    const clock = () => now;
    const metrics = metricsWith({
      clock,
      read: () => {
        reads += 1;
        return readFigures();
      },
    });
    const readiness = shareReadiness(
      async () => {
        checks += 1;
        return { down: [], degraded: [] };
      },
      1_000,
      clock,
    );
    metrics.watch(readiness);
    await readiness();
    const text = async () => (await metrics.route.handle()).body;
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, text));
    metrics.commit("committed");
    now += 999;
    expect(new Set([...others, await text()])).toEqual(new Set([first]));
    expect({ reads, checks }).toEqual({ reads: 1, checks: 1 });
    now += 1;
    expect(await text()).toContain('breakglass_commits_total{outcome="committed"} 1');
    expect({ reads, checks }).toEqual({ reads: 2, checks: 2 });
  });

  test("keeps the counts of two bots in one process apart", async () => {
    const [first, second] = [metricsWith(), metricsWith()];
    first.commit("committed");
    expect(await scrape(second)).not.toContain('breakglass_commits_total{outcome="committed"} 1');
  });

  test("includes metrics of the process unless they are switched off", async () => {
    expect((await scrape(metricsWith({ process: true }))).join("\n")).toContain("process_resident_memory_bytes");
    expect((await scrape(metricsWith())).join("\n")).not.toContain("process_resident_memory_bytes");
  });
});
