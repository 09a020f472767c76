import { abortAllTurns } from "@/features/chat/attach-reader.ts";
import { handleShutdown } from "@/server/drain.ts";
import { serveDoors } from "./http-door.ts";

/**
 * The product's doors in a process of its own that ends as the product does. Its first parameter is
 * the time answers get to finish, in ms. Prints its address in one line.
 */
handleShutdown(
  { abortTurns: abortAllTurns, stopWorkers: () => Promise.resolve() },
  Number(process.argv[2]),
);
const door = await serveDoors();
process.stdout.write(`${door.url}\n`);
