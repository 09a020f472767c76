"use client";

import { LogoutOutlined, UserOutlined } from "@ant-design/icons";
import { Avatar, Button, Flex, Popover, Typography } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { LookSwitch } from "@/components/look-switch.tsx";
import type { ProfileView } from "../schema.ts";
import { signOut } from "./auth-requests.ts";
import { ProfileLanguageSwitch } from "./profile-language-switch.tsx";

type ProfileMenuProps = { readonly profile: Pick<ProfileView, "name" | "email"> };

/** Who is signed in, with language, look and the way out. */
export function ProfileMenu({ profile }: ProfileMenuProps) {
  const t = useTranslations("shell");
  const [isOpen, setIsOpen] = useState(false);
  const name = profile.name === "" ? (profile.email ?? "") : profile.name;
  const initial = name.trim().charAt(0).toLocaleUpperCase("vi");
  return (
    <Popover
      trigger="click"
      placement="topRight"
      open={isOpen}
      onOpenChange={setIsOpen}
      content={<MenuContent name={name} email={profile.email} />}
    >
      <Button
        type="text"
        shape="circle"
        size="large"
        aria-label={t("accountOf", { name })}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        data-testid="account"
      >
        <Avatar aria-hidden {...(initial === "" ? { icon: <UserOutlined /> } : {})}>
          {initial}
        </Avatar>
      </Button>
    </Popover>
  );
}

function MenuContent({ name, email }: { readonly name: string; readonly email: string | null }) {
  const t = useTranslations("shell");
  const common = useTranslations("common");
  const [isLeaving, setIsLeaving] = useState(false);
  return (
    <Flex vertical gap={14} style={{ width: 264 }}>
      <div>
        <Typography.Text strong ellipsis>
          {name}
        </Typography.Text>
        {email === null || email === name ? null : (
          <Typography.Paragraph type="secondary" ellipsis style={{ margin: 0 }}>
            {email}
          </Typography.Paragraph>
        )}
      </div>
      <Flex vertical gap={4}>
        <Typography.Text type="secondary">{common("language")}</Typography.Text>
        <ProfileLanguageSwitch />
      </Flex>
      <Flex vertical gap={4}>
        <Typography.Text type="secondary">{common("look")}</Typography.Text>
        <LookSwitch hasText={false} />
      </Flex>
      <Button
        icon={<LogoutOutlined />}
        loading={isLeaving}
        data-testid="sign-out"
        onClick={() => {
          setIsLeaving(true);
          void signOut();
        }}
      >
        {isLeaving ? t("signingOut") : t("signOut")}
      </Button>
    </Flex>
  );
}
