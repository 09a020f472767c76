import type { MappingAlgorithm, ThemeConfig } from "antd";

export const schemes = ["light", "dark"] as const;
export type Scheme = (typeof schemes)[number];

/**
 * The whole look, both ways round: a re-brand is an edit of this file alone. Every pair of
 * `contrastPairs` keeps WCAG AA (tests/unit/components/theme.test.ts).
 */
export const palettes = {
  light: {
    paper: "#FBF8F3",
    surface: "#FFFDFA",
    raised: "#FFFFFF",
    ink: "#2A2420",
    inkSoft: "#5D5249",
    inkFaint: "#72665B",
    inkOff: "#A79B8E",
    line: "#E9E1D5",
    lineStrong: "#CBBEAD",
    wash: "#F3ECE1",
    broth: "#A8521C",
    brothHover: "#8F4415",
    brothActive: "#743610",
    brothWash: "#F8E9DC",
    onBroth: "#FFFFFF",
    herb: "#2A7549",
    herbWash: "#E3F1E7",
    lime: "#8DBE63",
    turmeric: "#845600",
    turmericWash: "#FBF0D6",
    chilli: "#B83227",
    chilliWash: "#FBE7E3",
    onChilli: "#FFFFFF",
    shade: "rgba(66, 44, 24, 0.12)",
  },
  dark: {
    paper: "#171310",
    surface: "#201A16",
    raised: "#2A231D",
    ink: "#F3ECE2",
    inkSoft: "#CBBFB1",
    inkFaint: "#AA9D8E",
    inkOff: "#75695D",
    line: "#372E27",
    lineStrong: "#54483D",
    wash: "#2C241E",
    broth: "#E08A4B",
    brothHover: "#EBA16B",
    brothActive: "#C97637",
    brothWash: "#3B2819",
    onBroth: "#1F1107",
    herb: "#6DBD89",
    herbWash: "#1C3325",
    lime: "#A6D17C",
    turmeric: "#E6B65A",
    turmericWash: "#3A2D12",
    chilli: "#F28B7D",
    chilliWash: "#43201B",
    onChilli: "#2A0B07",
    shade: "rgba(0, 0, 0, 0.45)",
  },
} as const satisfies Record<Scheme, Record<string, string>>;

type Palette = (typeof palettes)[Scheme];
export type PaletteName = keyof Palette;

/** Text over ground, as both stand on screen; each pair is checked at 4.5 : 1 in both schemes. */
export const contrastPairs: readonly (readonly [PaletteName, PaletteName])[] = [
  ...(["paper", "surface", "raised", "wash"] as const).flatMap((ground) =>
    (["ink", "inkSoft", "inkFaint", "broth", "herb", "chilli"] as const).map(
      (text) => [text, ground] as const,
    ),
  ),
  ["broth", "brothWash"],
  ["brothHover", "paper"],
  ["herb", "herbWash"],
  ["turmeric", "paper"],
  ["turmeric", "turmericWash"],
  ["chilli", "chilliWash"],
  ["ink", "brothWash"],
  ["ink", "herbWash"],
  ["ink", "turmericWash"],
  ["ink", "chilliWash"],
  ["onBroth", "broth"],
  ["onBroth", "brothHover"],
  ["onChilli", "chilli"],
];

const FONT = "'Be Vietnam Pro', system-ui, -apple-system, 'Segoe UI', sans-serif";
const CODE_FONT = "ui-monospace, 'SFMono-Regular', 'Cascadia Mono', Menlo, Consolas, monospace";

function tokensOf(color: Palette): NonNullable<ThemeConfig["token"]> {
  return {
    fontFamily: FONT,
    fontFamilyCode: CODE_FONT,
    fontSize: 15,
    borderRadius: 10,
    controlHeight: 38,
    motionDurationFast: "0.08s",
    motionDurationMid: "0.14s",
    motionDurationSlow: "0.19s",
    colorPrimary: color.broth,
    colorInfo: color.broth,
    colorLink: color.broth,
    colorSuccess: color.herb,
    colorWarning: color.turmeric,
    colorError: color.chilli,
    colorTextBase: color.ink,
    colorBgBase: color.surface,
    colorText: color.ink,
    colorTextSecondary: color.inkSoft,
    colorTextTertiary: color.inkFaint,
    colorTextQuaternary: color.inkOff,
    colorTextPlaceholder: color.inkFaint,
    colorTextDescription: color.inkFaint,
    colorBgLayout: color.paper,
    colorBgContainer: color.surface,
    colorBgElevated: color.raised,
    colorFillAlter: color.wash,
    colorBorder: color.lineStrong,
    colorBorderSecondary: color.line,
    colorSplit: color.line,
    colorBgSpotlight: color.ink,
    controlOutline: `color-mix(in srgb, ${color.broth} 26%, transparent)`,
    boxShadowTertiary: `0 1px 3px ${color.shade}`,
  };
}

/** What the algorithm would mix by itself: our own steps stand instead. */
function stepsOf(color: Palette): NonNullable<ThemeConfig["token"]> {
  return {
    ...stateSteps("Primary", { main: color.broth, wash: color.brothWash, color }),
    ...stateSteps("Info", { main: color.broth, wash: color.brothWash, color }),
    ...stateSteps("Success", { main: color.herb, wash: color.herbWash, color }),
    ...stateSteps("Warning", { main: color.turmeric, wash: color.turmericWash, color }),
    ...stateSteps("Error", { main: color.chilli, wash: color.chilliWash, color }),
    colorPrimaryHover: color.brothHover,
    colorPrimaryActive: color.brothActive,
    colorPrimaryTextHover: color.brothHover,
    colorLink: color.broth,
    colorLinkHover: color.brothHover,
    colorLinkActive: color.brothHover,
  };
}

function stateSteps(
  name: "Primary" | "Info" | "Success" | "Warning" | "Error",
  { main, wash, color }: { readonly main: string; readonly wash: string; readonly color: Palette },
): Record<string, string> {
  return {
    [`color${name}`]: main,
    [`color${name}Hover`]: main,
    [`color${name}Active`]: main,
    [`color${name}Text`]: main,
    [`color${name}TextHover`]: main,
    [`color${name}TextActive`]: main,
    [`color${name}Bg`]: wash,
    [`color${name}BgHover`]: wash,
    [`color${name}Border`]: color.lineStrong,
    [`color${name}BorderHover`]: main,
  };
}

function componentsOf(color: Palette): NonNullable<ThemeConfig["components"]> {
  return {
    Button: {
      primaryColor: color.onBroth,
      dangerColor: color.onChilli,
      primaryShadow: "none",
      defaultShadow: "none",
      dangerShadow: "none",
    },
    Tooltip: { colorBgSpotlight: color.ink, colorTextLightSolid: color.paper },
    Checkbox: { colorWhite: color.onBroth },
    Table: { headerBg: color.wash, headerColor: color.inkSoft, rowHoverBg: color.wash },
    Card: { headerFontSize: 16 },
    Tag: { defaultBg: color.wash, defaultColor: color.inkSoft },
    Segmented: {
      trackBg: color.wash,
      itemSelectedBg: color.brothWash,
      itemSelectedColor: color.broth,
    },
    Avatar: { colorTextPlaceholder: color.brothWash, colorTextLightSolid: color.broth },
  };
}

/**
 * Our look as Ant Design theme tokens. The algorithm comes as an argument, so that pages without
 * Ant Design can use the palette alone.
 */
export function themeOf(scheme: Scheme, algorithm: MappingAlgorithm): ThemeConfig {
  const color = palettes[scheme];
  const pinned: MappingAlgorithm = (seed, map) => ({ ...algorithm(seed, map), ...stepsOf(color) });
  return {
    algorithm: pinned,
    token: tokensOf(color),
    components: componentsOf(color),
    cssVar: {},
    hashed: false,
  };
}

const cssName = (name: string): string =>
  `--pho-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function declarations(scheme: Scheme): string {
  const colors = Object.entries(palettes[scheme]).map(
    ([name, value]) => `${cssName(name)}:${value}`,
  );
  return [...colors, `color-scheme:${scheme}`].join(";");
}

/**
 * The palette as CSS variables for our own style sheets. `data-look` on <html>: light, dark or
 * system.
 */
export function paletteCss(): string {
  return [
    `:root{${declarations("light")};--pho-font:${FONT};--pho-code-font:${CODE_FONT}}`,
    `@media (prefers-color-scheme:dark){:root[data-look=system]{${declarations("dark")}}}`,
    `:root[data-look=dark]{${declarations("dark")}}`,
  ].join("");
}
