import { trpcDoor } from "@/api/doors/trpc.ts";

export const dynamic = "force-dynamic";

export { trpcDoor as GET, trpcDoor as POST };
