import {
  CheckCircleOutlined,
  ExclamationCircleOutlined,
  FireOutlined,
  StopOutlined,
  WarningOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import type { BudgetState } from "@/components/budget-state.ts";

/** One shape per state, so that they differ without colour. */
export function budgetStateIcon(state: BudgetState): ReactNode {
  switch (state) {
    case "calm":
      return <CheckCircleOutlined aria-hidden />;
    case "warning":
      return <ExclamationCircleOutlined aria-hidden />;
    case "critical":
      return <WarningOutlined aria-hidden />;
    case "emergency":
      return <FireOutlined aria-hidden />;
    case "exhausted":
      return <StopOutlined aria-hidden />;
  }
}
