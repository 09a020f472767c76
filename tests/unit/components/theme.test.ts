import { theme as antd } from "antd";
import { describe, expect, it } from "vitest";
import { contrastPairs, paletteCss, palettes, schemes, themeOf } from "@/components/theme.ts";

const AA = 4.5;

function channel(value: number): number {
  const share = value / 255;
  return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    Number.parseInt(hex.slice(at, at + 2), 16),
  );
  return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
}

/** WCAG 2 contrast ratio of two `#rrggbb` colours. */
function contrast(first: string, second: string): number {
  const [dark = 0, light = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const rows = schemes.flatMap((scheme) =>
  contrastPairs.map(([text, ground]) => ({
    scheme,
    text,
    ground,
    ratio: contrast(palettes[scheme][text], palettes[scheme][ground]),
  })),
);

describe("the palette", () => {
  it("measures contrast as WCAG does", () => {
    expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21, 5);
    expect(contrast("#777777", "#FFFFFF")).toBeCloseTo(4.48, 2);
  });

  it.each(rows)("keeps AA for $text on $ground ($scheme): $ratio", ({ ratio }) => {
    expect(ratio).toBeGreaterThanOrEqual(AA);
  });

  it("reaches style sheets in both schemes, the system's choice included", () => {
    const css = paletteCss();
    expect(css).toContain(`--pho-on-broth:${palettes.light.onBroth}`);
    expect(css).toContain(
      `@media (prefers-color-scheme:dark){:root[data-look=system]{--pho-paper:${palettes.dark.paper}`,
    );
    expect(css).not.toContain("</");
  });
});

describe("the Ant Design theme", () => {
  it.each(schemes)("shows our own colours where the algorithm would mix its own (%s)", (scheme) => {
    const algorithm = scheme === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm;
    const token = antd.getDesignToken(themeOf(scheme, algorithm));
    const color = palettes[scheme];
    expect(token).toMatchObject({
      colorPrimary: color.broth,
      colorLink: color.broth,
      colorText: color.ink,
      colorTextSecondary: color.inkSoft,
      colorTextDescription: color.inkFaint,
      colorTextPlaceholder: color.inkFaint,
      colorBgContainer: color.surface,
      colorBgElevated: color.raised,
      colorBgLayout: color.paper,
      colorSuccess: color.herb,
      colorWarning: color.turmeric,
      colorError: color.chilli,
      colorErrorBg: color.chilliWash,
    });
  });

  it("moves nothing for 200 ms or longer", () => {
    const token = antd.getDesignToken(themeOf("light", antd.defaultAlgorithm));
    const durations = [token.motionDurationFast, token.motionDurationMid, token.motionDurationSlow];
    expect(durations.every((duration) => Number.parseFloat(duration) < 0.2)).toBe(true);
  });
});
