"use client";

import { CheckCircleOutlined, ExclamationCircleOutlined } from "@ant-design/icons";
import { Button, Form, Input, Skeleton, Tag } from "antd";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { api } from "@/api/client.ts";
import { Sheet } from "@/components/page-frame.tsx";
import { RetryAlert } from "@/components/query-placeholder.tsx";
import { SaveOutcome } from "@/components/save-outcome.tsx";
import { useFailureText } from "@/i18n/use-error-text.ts";
import type { ProfileView } from "../schema.ts";
import styles from "./profile.module.css";
import { ResendVerification } from "./resend-verification.tsx";

/** Name and e-mail of the signed-in person, as a tab of the settings. */
export function ProfileForm() {
  const t = useTranslations("settings");
  const { data, isError, refetch } = api.orgs.getProfile.useQuery();
  if (data === undefined && isError) {
    return <RetryAlert title={t("loadFailed")} onRetry={refetch} />;
  }
  return (
    <Sheet title={t("tabs.profile")}>
      <div className={styles["form"]}>
        {data === undefined ? <Skeleton active /> : <NameForm profile={data} />}
        {data === undefined ? null : <EmailState profile={data} />}
      </div>
    </Sheet>
  );
}

function NameForm({ profile }: { readonly profile: ProfileView }) {
  const t = useTranslations("settings");
  const failureText = useFailureText();
  const router = useRouter();
  const utils = api.useUtils();
  const update = api.orgs.updateProfile.useMutation({
    onSuccess: (saved) => {
      utils.orgs.getProfile.setData(undefined, saved);
      router.refresh();
    },
  });
  return (
    <Form<{ readonly name: string }>
      layout="vertical"
      requiredMark={false}
      initialValues={{ name: profile.name }}
      disabled={update.isPending}
      onFinish={({ name }) => update.mutate({ name })}
      onValuesChange={update.reset}
    >
      <Form.Item
        name="name"
        label={t("profile.name")}
        rules={[{ required: true, whitespace: true, max: 80, message: t("profile.nameWrong") }]}
      >
        <Input autoComplete="name" />
      </Form.Item>
      <SaveOutcome
        isSaved={update.isSuccess}
        failure={update.error === null ? null : failureText(update.error)}
      />
      <Button type="primary" htmlType="submit" loading={update.isPending}>
        {t("save")}
      </Button>
    </Form>
  );
}

function EmailState({ profile }: { readonly profile: ProfileView }) {
  const t = useTranslations("settings.profile");
  const { email, isEmailVerified } = profile;
  return (
    <>
      <h3 className={styles["label"]}>{t("email")}</h3>
      <div className={styles["email"]}>
        <strong>{email ?? t("noEmail")}</strong>
        {isEmailVerified ? (
          <Tag color="success" icon={<CheckCircleOutlined />} data-testid="email-verified">
            {t("verified")}
          </Tag>
        ) : (
          <Tag color="warning" icon={<ExclamationCircleOutlined />} data-testid="email-unverified">
            {t("unverified")}
          </Tag>
        )}
      </div>
      {isEmailVerified ? null : (
        <>
          <p className={styles["hint"]}>{t("unverifiedText")}</p>
          <ResendVerification email={email} />
        </>
      )}
    </>
  );
}
