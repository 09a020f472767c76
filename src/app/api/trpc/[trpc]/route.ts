import { trpcDoor } from "@/api/doors/trpc.ts";

export const dynamic = "force-dynamic";

const handle = (request: Request) => trpcDoor(request);

export { handle as GET, handle as POST };
