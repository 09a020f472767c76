import { settingsFor } from "./app-under-test.ts";
import { startAppProcess, type AppProcess, type AppProcessOptions } from "./app-process.ts";
import { startDatabaseProxy, type DatabaseProxy } from "./database-proxy.ts";
import { startProviderSimulator, type Simulator } from "./provider-simulator.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

/**
 * Several instances of the product on one database and one provider, each by way of a line that can
 * be cut, delayed or black-holed. Tests look at the database beside the line.
 */
export type FaultRig = {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly databaseLine: DatabaseProxy;
  readonly providerLine: TcpProxy;
  /** The instances, by place; `restart` replaces one. */
  readonly apps: readonly AppProcess[];
  readonly app: (index: number) => AppProcess;
  /** Starts the instance at that place anew; the old one is killed if it lives. */
  readonly restart: (index: number, options?: Pick<AppProcessOptions, "crashAt">) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type FaultRigOptions = {
  readonly processes?: number;
  /** Settings over those of the tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The job workers run in each instance: recovery, sweeper, alerts. */
  readonly hasWorkers?: boolean;
};

export async function startFaultRig(options: FaultRigOptions = {}): Promise<FaultRig> {
  const { processes = 2, hasWorkers = false } = options;
  const [database, simulator, databaseLine] = await Promise.all([
    createTestDatabase(),
    startProviderSimulator(),
    startDatabaseProxy(),
  ]);
  const provider = new URL(simulator.url);
  const providerLine = await startTcpProxy(() => ({
    host: provider.hostname,
    port: Number(provider.port),
  }));
  const settings = {
    ...byLine(settingsFor(databaseLine.url(database.url), simulator), providerLine.port),
    PHO_RIG_WORKERS: hasWorkers ? "1" : "",
    ...options.settings,
  };
  const apps = await Promise.all(
    Array.from({ length: processes }, () => startAppProcess({ settings })),
  );
  const app = (index: number) => {
    const found = apps[index];
    if (found === undefined) throw new Error(`no instance ${index}`);
    return found;
  };
  return {
    ...{ database, simulator, databaseLine, providerLine, apps, app },
    restart: async (index, again = {}) => {
      await app(index).kill();
      apps[index] = await startAppProcess({ settings, ...again });
    },
    stop: async () => {
      await Promise.all([databaseLine.mend(), providerLine.mend()]);
      simulator.release();
      await Promise.all(apps.map((one) => one.stop()));
      await Promise.all([simulator.stop(), databaseLine.close(), providerLine.close()]);
      await database.drop();
    },
  };
}

/** The provider's addresses by way of the line. */
function byLine(settings: Record<string, string>, port: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      if (!name.endsWith("_BASE_URL")) return [name, value];
      const url = new URL(value);
      url.port = String(port);
      return [name, url.href.replace(/\/$/, "")];
    }),
  );
}
