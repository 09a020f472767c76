import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { ChatScreen } from "@/features/chat/ui/chat-screen.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell");
  return { title: t("chat") };
}

type ChatPageProps = { readonly params: Promise<{ readonly id?: readonly string[] }> };

export default async function ChatPage({ params }: ChatPageProps) {
  const { id = [] } = await params;
  if (id.length > 1) notFound();
  const t = await getTranslations("shell");
  return (
    <>
      <h1 className="visually-hidden">{t("chat")}</h1>
      <ChatScreen conversationId={id[0] ?? null} />
    </>
  );
}
