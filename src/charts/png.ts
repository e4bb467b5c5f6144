import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { EChartsOption } from "echarts";

/** The PNG has twice the size of the drawing, so that it stays sharp on a phone. */
const SCALE = 2;

/** Installed with the program, because a server may have no fonts at all. */
const FONT = "DejaVu Sans";

/**
 * Draws a chart as a PNG, in this process and without a browser. `width` and `height` are in pixels before scaling. The
 * libraries are loaded with the first chart, so that they do not slow the start of the bot.
 */
export async function renderPng(option: EChartsOption, width: number, height: number): Promise<Uint8Array> {
  const [echarts, { Resvg }] = await Promise.all([import("echarts"), import("@resvg/resvg-js")]);
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "#ffffff",
      textStyle: { fontFamily: FONT, color: "#1d1c1d" },
      aria: { enabled: true, decal: { show: true } },
      ...option,
    });
    const resvg = new Resvg(chart.renderToSVGString(), {
      fitTo: { mode: "width", value: width * SCALE },
      font: { fontFiles: fontFiles(), loadSystemFonts: false, defaultFontFamily: FONT },
    });
    return resvg.render().asPng();
  } finally {
    chart.dispose();
  }
}

function fontFiles(): string[] {
  const folder = dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json"));
  return ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) => join(folder, "ttf", file));
}
