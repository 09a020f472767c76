import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export type Target = { readonly host: string; readonly port: number };

export type TcpProxy = {
  readonly port: number;
  /** Breaks every connection; new ones are refused until `mend`. */
  readonly cut: () => Promise<void>;
  /** Breaks the open connections with a reset; new ones are let through. */
  readonly reset: () => void;
  /** Every byte is held back that long in both directions, in order; 0: no more. */
  readonly delay: (delayMs: number) => void;
  /**
   * From now on nothing comes through, and nobody is told: connections stay open and are accepted.
   * What is sent meanwhile arrives after `mend`, as TCP would repeat it.
   */
  readonly blackHole: () => void;
  /** Undoes `cut`, `blackHole` and `delay`. */
  readonly mend: () => Promise<void>;
  readonly close: () => Promise<void>;
};

type Line = { delayMs: number; isHole: boolean };

/** A line to a server (database, provider, mail, Redis) that can fail in a network's ways. */
export async function startTcpProxy(target: () => Target): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const line: Line = { delayMs: 0, isHole: false };
  const server = createServer((near) => {
    const far = connect(target());
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      open.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        open.delete(socket);
        // What was sent before the end still arrives.
        near.destroySoon();
        far.destroySoon();
      });
      if (line.isHole) socket.pause();
    }
    carry(near, far, line);
    carry(far, near, line);
  });
  const listen = (wanted: number) =>
    new Promise<number>((resolve, reject) => {
      server.once("error", reject);
      server.listen(wanted, "127.0.0.1", () => {
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
    port,
    cut,
    reset: () => {
      for (const socket of open) socket.resetAndDestroy();
    },
    delay: (delayMs) => {
      line.delayMs = delayMs;
    },
    blackHole: () => {
      line.isHole = true;
      for (const socket of open) socket.pause();
    },
    mend: async () => {
      line.delayMs = 0;
      line.isHole = false;
      for (const socket of open) socket.resume();
      if (!server.listening) await listen(port);
    },
    close: async () => {
      if (server.listening) await cut();
    },
  };
}

/** Carries bytes one way, in order, each chunk as late as the line is at its arrival. */
function carry(from: Socket, to: Socket, line: Line): void {
  let last = Promise.resolve();
  const late = (send: () => void) => {
    // A late line is slow to answer, not narrow: what follows close behind arrives close behind.
    const dueAtMs = performance.now() + line.delayMs;
    last = last.then(
      () =>
        new Promise((resolve) => {
          setTimeout(resolve, Math.max(0, dueAtMs - performance.now()));
        }),
    );
    void last.then(send);
  };
  let isLate = false;
  const send = (work: () => void) => {
    isLate ||= line.delayMs > 0;
    if (isLate) late(work);
    else work();
  };
  from.on("data", (bytes) => {
    send(() => {
      if (to.destroyed || to.write(bytes)) return;
      from.pause();
      to.once("drain", () => {
        if (!line.isHole) from.resume();
      });
    });
  });
  from.on("end", () => {
    send(() => to.end());
  });
}
