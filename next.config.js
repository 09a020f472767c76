import createNextIntlPlugin from "next-intl/plugin";

const withNextIntl = createNextIntlPlugin("./src/i18n/request.ts");

/** For every answer; pages get their content security policy, with its nonce, from src/proxy.ts. */
const everywhere = [
  { key: "x-content-type-options", value: "nosniff" },
  { key: "referrer-policy", value: "strict-origin-when-cross-origin" },
  { key: "x-frame-options", value: "DENY" },
  { key: "cross-origin-opener-policy", value: "same-origin-allow-popups" },
  {
    key: "permissions-policy",
    value: "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
  },
];

/** Doors answer data: nothing in them may ever run or be framed. */
const doors = [
  { key: "content-security-policy", value: "default-src 'none'; frame-ancestors 'none'" },
];

/** Lets the first page already know a dark system (src/components/preferences.ts). */
const pages = [
  { key: "accept-ch", value: "Sec-CH-Prefers-Color-Scheme" },
  { key: "critical-ch", value: "Sec-CH-Prefers-Color-Scheme" },
];

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run verify` checks the types; a start need not wait for it.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  allowedDevOrigins: ["127.0.0.1", "localhost"],
  headers: async () => [
    { source: "/:path*", headers: everywhere },
    { source: "/(api|webapi)/:path*", headers: doors },
    { source: "/((?!api/|webapi/|_next/).*)", headers: pages },
  ],
  redirects: async () => [{ source: "/settings", destination: "/settings/cost", permanent: false }],
};

export default withNextIntl(config);
