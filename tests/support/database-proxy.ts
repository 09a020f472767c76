import { startTcpProxy, type Target, type TcpProxy } from "./tcp-proxy.ts";

export type DatabaseProxy = TcpProxy & {
  /** The same database by way of the proxy. */
  readonly url: (databaseUrl: string) => string;
};

/** A line to PostgreSQL that can be cut: what a stopped server looks like to the product. */
export async function startDatabaseProxy(): Promise<DatabaseProxy> {
  let target: Target = { host: "127.0.0.1", port: 5432 };
  const proxy = await startTcpProxy(() => target);
  return {
    ...proxy,
    url: (databaseUrl) => {
      const url = new URL(databaseUrl);
      target = { host: url.hostname, port: Number(url.port || "5432") };
      url.hostname = "127.0.0.1";
      url.port = String(proxy.port);
      return url.href;
    },
  };
}
