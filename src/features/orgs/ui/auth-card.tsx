"use client";

import { Card, Flex, Typography } from "antd";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";

type AuthCardProps = {
  readonly title: string;
  readonly lead?: string;
  readonly children: ReactNode;
};

/** The frame of every sign-in page: one card in the middle, from 360 px up. */
export function AuthCard({ title, lead, children }: AuthCardProps) {
  const t = useTranslations("auth");
  return (
    <Flex
      component="main"
      vertical
      align="center"
      justify="center"
      gap={24}
      style={{ minHeight: "100dvh", padding: 16 }}
    >
      <Typography.Link href="/" strong style={{ fontSize: 22 }}>
        {t("brand")}
      </Typography.Link>
      <Card style={{ width: "100%", maxWidth: 420 }}>
        <Typography.Title level={1} style={{ fontSize: 24, marginTop: 0 }}>
          {title}
        </Typography.Title>
        {lead === undefined ? null : (
          <Typography.Paragraph type="secondary">{lead}</Typography.Paragraph>
        )}
        {children}
      </Card>
    </Flex>
  );
}
