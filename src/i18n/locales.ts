export const locales = ["vi", "en"] as const;
export type AppLocale = (typeof locales)[number];

export const DEFAULT_LOCALE: AppLocale = "vi";
export const TIME_ZONE = "Asia/Ho_Chi_Minh";

export const isLocale = (value: unknown): value is AppLocale =>
  locales.some((locale) => locale === value);
