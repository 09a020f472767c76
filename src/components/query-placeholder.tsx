"use client";

import { Alert, Button, Skeleton } from "antd";
import { useTranslations } from "next-intl";

type RetryAlertProps = {
  readonly title: string;
  readonly type?: "error" | "warning";
  readonly onRetry: () => unknown;
};

/** Something could not be read, and may be asked for again. */
export function RetryAlert({ title, type = "error", onRetry }: RetryAlertProps) {
  const common = useTranslations("common");
  return (
    <Alert
      type={type}
      showIcon
      title={title}
      action={<Button onClick={() => void onRetry()}>{common("tryAgain")}</Button>}
    />
  );
}

type QueryPlaceholderProps = {
  readonly query: {
    readonly data: unknown;
    readonly isError: boolean;
    readonly refetch: () => unknown;
  };
  readonly failed: string;
  /** Lines of the skeleton: about as high as what comes. */
  readonly rows: number;
};

/** What stands where a query's data will be: a skeleton, or that it failed; nothing once it is there. */
export function QueryPlaceholder({ query, failed, rows }: QueryPlaceholderProps) {
  if (query.data !== undefined) return null;
  if (query.isError) return <RetryAlert title={failed} onRetry={query.refetch} />;
  return <Skeleton active title={false} paragraph={{ rows, width: "100%" }} />;
}
