import { readdir, readFile } from "node:fs/promises";

/**
 * CPU time, user and system, in ms, that a process and its living descendants have used so far.
 * Linux only: `/proc/<pid>/task/<tid>/schedstat` counts nanoseconds for each thread (`ps` and
 * `/proc/<pid>/stat` count ticks of 10 ms, too coarse for a chunk).
 */
export async function readCpuMs(processId: number): Promise<number> {
  const family = await listFamily(processId);
  const times = await Promise.all(family.map(readOwnCpuMs));
  return times.reduce((sum, time) => sum + time, 0);
}

async function readOwnCpuMs(processId: number): Promise<number> {
  const threads = await readdir(`/proc/${processId}/task`).catch(() => []);
  const times = await Promise.all(
    threads.map(async (thread) => {
      const line = await readFile(`/proc/${processId}/task/${thread}/schedstat`, "utf8");
      return Number(line.split(" ")[0]) / 1e6;
    }),
  );
  return times.reduce((sum, time) => sum + time, 0);
}

async function listFamily(processId: number): Promise<number[]> {
  const ids = (await readdir("/proc")).map(Number).filter((id) => Number.isInteger(id));
  const parents = new Map(
    await Promise.all(ids.map(async (id) => [id, await parentOf(id)] as const)),
  );
  const family = [processId];
  for (const member of family) {
    family.push(...ids.filter((id) => parents.get(id) === member));
  }
  return family;
}

async function parentOf(processId: number): Promise<number | null> {
  const stat = await readFile(`/proc/${processId}/stat`, "utf8").catch(() => "");
  // The program's name, in brackets, may hold blanks: the fields are counted from behind it.
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  return Number.isInteger(parent) ? parent : null;
}
