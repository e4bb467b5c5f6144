import type { EChartsOption } from "echarts";
import type { Temperature } from "../domain/gate/readings.js";
import type { Charts } from "../usecases/ports/ports.js";
import { renderPng } from "./png.js";

/** Shown by shade, by pattern and in words beside the bar, never by colour alone. */
const LOOK: Readonly<Record<Temperature, { readonly color: string; readonly decal: object | null }>> = {
  sick: {
    color: "#8f1d1d",
    decal: {
      symbol: "rect",
      dashArrayX: [1, 0],
      dashArrayY: [3, 4],
      rotation: -Math.PI / 4,
      color: "rgba(255,255,255,0.28)",
    },
  },
  warm: {
    color: "#d9822b",
    decal: {
      symbol: "circle",
      symbolSize: 0.5,
      dashArrayX: [
        [0, 8],
        [8, 0],
      ],
      dashArrayY: [6, 0],
      color: "rgba(255,255,255,0.55)",
    },
  },
  healthy: { color: "#7d94a8", decal: null },
};

const WIDTH = 600;
const MAX_GATES = 15;
const NAME_MAX = 30;
const ROW = 44;

/** Keeps a number readable where a line runs behind it. */
const ON_WHITE = { backgroundColor: "#ffffff", padding: [1, 3] };

const short = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);
const days = (seconds: number): string => {
  const whole = Math.round(seconds / 86_400);
  return whole >= 1 ? `${whole} ${whole === 1 ? "day" : "days"}` : `${Math.round(seconds / 3600)} h`;
};

/** Charts of readings as PNG, drawn by ECharts and resvg. */
export const charts: Charts = {
  gates: async ({ gates, warmAt, sickAt, windowSeconds }) => {
    const shown = gates.slice(0, MAX_GATES);
    const left = gates.length - shown.length;
    const most = Math.max(sickAt + 1, ...shown.map(({ count }) => count + 1));
    const option: EChartsOption = {
      title: {
        text: `How often each gate was bypassed, last ${days(windowSeconds)}`,
        subtext: left > 0 ? `The sickest ${shown.length} of ${gates.length} gates` : "Sickest first",
        left: 16,
        top: 12,
        textStyle: { fontSize: 19, fontWeight: "bold", color: "#1d1c1d" },
        subtextStyle: { fontSize: 14, color: "#616061" },
      },
      grid: { left: 250, right: 120, top: 92, bottom: 48 },
      xAxis: {
        type: "value",
        min: 0,
        max: most,
        minInterval: 1,
        axisLabel: { fontSize: 14, color: "#1d1c1d", showMaxLabel: false },
        splitLine: { lineStyle: { color: "#e8e8e8" } },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: shown.map(({ title }) => short(title, NAME_MAX)),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { fontSize: 14, color: "#1d1c1d", width: 230, overflow: "truncate" },
      },
      series: [
        {
          type: "bar",
          z: 3,
          barWidth: 24,
          data: shown.map(({ count, temperature }) => ({
            value: count,
            itemStyle: { color: LOOK[temperature].color, ...decalOf(temperature), borderRadius: [0, 4, 4, 0] },
            label: {
              show: true,
              position: "right",
              fontSize: 15,
              fontWeight: "bold",
              color: "#1d1c1d",
              formatter: `${count} · ${temperature}`,
              ...ON_WHITE,
            },
          })),
          markLine: {
            silent: true,
            z: 1,
            symbol: "none",
            label: { fontSize: 13, color: "#1d1c1d", formatter: "{b}", position: "start" },
            data: [
              { name: "warm", xAxis: warmAt, lineStyle: { color: "#d9822b", type: "dashed", width: 1.5 } },
              { name: "sick", xAxis: sickAt, lineStyle: { color: "#8f1d1d", type: "solid", width: 1.5 } },
            ],
          },
        },
      ],
    };
    return renderPng(option, WIDTH, 150 + ROW * Math.max(1, shown.length));
  },

  history: async ({ title, months, marks }) => {
    const names = months.map(({ month }) => monthName(month));
    const most = Math.max(3, ...months.map(({ count }) => count + 1));
    const option: EChartsOption = {
      title: {
        text: short(title, 44),
        subtext: "Bypasses per month, and what was done to the gate",
        left: 16,
        top: 12,
        textStyle: { fontSize: 19, fontWeight: "bold", color: "#1d1c1d" },
        subtextStyle: { fontSize: 14, color: "#616061" },
      },
      grid: { left: 48, right: 24, top: 118, bottom: 48 },
      xAxis: {
        type: "category",
        data: names,
        axisTick: { show: false },
        axisLabel: { fontSize: 13, color: "#1d1c1d", interval: 0 },
      },
      yAxis: {
        type: "value",
        min: 0,
        max: most,
        minInterval: 1,
        axisLabel: { fontSize: 13, color: "#1d1c1d", showMaxLabel: false },
        splitLine: { lineStyle: { color: "#e8e8e8" } },
      },
      series: [
        {
          type: "bar",
          z: 3,
          barWidth: 26,
          data: months.map(({ count }) => ({
            value: count,
            itemStyle: { color: "#7d94a8", decal: { symbol: "none" }, borderRadius: [4, 4, 0, 0] },
          })),
          label: {
            show: true,
            position: "top",
            fontSize: 14,
            fontWeight: "bold",
            color: "#1d1c1d",
            formatter: ({ value }) => (value === 0 ? "" : String(value)),
            ...ON_WHITE,
          },
          markLine: {
            silent: true,
            z: 1,
            symbol: "none",
            label: { fontSize: 12, color: "#1d1c1d", formatter: "{b}", position: "end" },
            data: byMonth(marks).flatMap(({ month, what }) => {
              const index = months.findIndex((candidate) => candidate.month === month);
              return index < 0
                ? []
                : [{ name: what, xAxis: index, lineStyle: { color: "#1d1c1d", type: "dotted" as const, width: 1.5 } }];
            }),
          },
        },
      ],
    };
    return renderPng(option, WIDTH, 400);
  },
};

const decalOf = (temperature: Temperature) => {
  const { decal } = LOOK[temperature];
  return { decal: decal ?? { symbol: "none" as const } };
};

/** Groups marks by month, because each month has one line in the chart. */
function byMonth(marks: readonly { readonly what: string; readonly at: string }[]) {
  const months = new Map<string, string[]>();
  for (const { what, at } of marks) months.set(at.slice(0, 7), [...(months.get(at.slice(0, 7)) ?? []), what]);
  return [...months].map(([month, what]) => ({ month, what: [...new Set(what)].join("\n") }));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const monthName = (month: string): string => MONTHS[Number(month.slice(5)) - 1] ?? month;
