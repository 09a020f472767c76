import { serveChatDoor } from "./http-door.ts";

/**
 * A second instance of the product: its chat door in a process of its own, on the settings of its
 * environment. Prints its address in one line and serves until its standard input ends.
 */
const door = await serveChatDoor();
process.stdout.write(`${door.url}\n`);
process.stdin.resume();
process.stdin.once("end", () => process.exit(0));
