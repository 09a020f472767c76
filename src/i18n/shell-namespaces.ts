/** What the pages behind the gate say. */
export const shellNamespaces = [
  "common",
  "shell",
  "settings",
  "usage",
  "errors",
  "chat",
  "auth",
  "billing",
  "finance",
] as const;
