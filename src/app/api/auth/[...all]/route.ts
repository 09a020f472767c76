import { identityDoor } from "@/api/doors/identity.ts";

export const dynamic = "force-dynamic";

export { identityDoor as GET, identityDoor as POST };
