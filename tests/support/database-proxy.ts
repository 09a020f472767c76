import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export type DatabaseProxy = {
  /** The same database by way of the proxy. */
  readonly url: (databaseUrl: string) => string;
  /** Breaks every connection; new ones are refused until `mend`. */
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A line to PostgreSQL that can be cut: what a stopped server looks like to the product. */
export async function startDatabaseProxy(): Promise<DatabaseProxy> {
  const open = new Set<Socket>();
  let target = { host: "127.0.0.1", port: 5432 };
  const server = createServer((near) => {
    const far = connect(target);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      server.listen(port, "127.0.0.1", () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  const port = await listen(0);
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of open) socket.destroy();
    });
  return {
    url: (databaseUrl) => {
      const url = new URL(databaseUrl);
      target = { host: url.hostname, port: Number(url.port || "5432") };
      url.hostname = "127.0.0.1";
      url.port = String(port);
      return url.href;
    },
    cut,
    mend: async () => {
      await listen(port);
    },
    close: async () => {
      if (server.listening) await cut();
    },
  };
}
