import { chatDoor } from "@/api/doors/chat.ts";

export const dynamic = "force-dynamic";

export async function POST(
  request: Request,
  context: { params: Promise<{ provider: string }> },
): Promise<Response> {
  return chatDoor(request, await context.params);
}
