import { microVndToVndFloor, vndToMicroVnd } from "@/domain/money/vnd.ts";
import type { CostSettingsView, UpdateCostSettingsInput } from "../schema.ts";

/** The form's side of the settings: whole đồng as digits, `null` for no limit of one's own; marks as typed. */
export type CostFormValues = {
  readonly monthlyBudgetVnd: string | null;
  readonly dailyCapVnd: string | null;
  readonly queryCapVnd: string | null;
  readonly enableCostOptimization: boolean;
  readonly softLanding: boolean;
  readonly enableBudgetAlerts: boolean;
  readonly thresholds: readonly string[];
  readonly preferredModels: readonly string[];
  readonly blockedModels: readonly string[];
};

function vndOf(microVnd: string | null): string | null {
  return microVnd === null ? null : microVndToVndFloor(BigInt(microVnd)).toString();
}

function microVndOf(vnd: string | null | undefined): string | null {
  return vnd === null || vnd === undefined || vnd === ""
    ? null
    : vndToMicroVnd(BigInt(vnd)).toString();
}

export function formValuesOf(settings: CostSettingsView): CostFormValues {
  return {
    monthlyBudgetVnd: vndOf(settings.monthlyBudgetMicroVnd),
    dailyCapVnd: vndOf(settings.dailyCapMicroVnd),
    queryCapVnd: vndOf(settings.maxCostPerQueryMicroVnd),
    enableCostOptimization: settings.enableCostOptimization,
    softLanding: settings.softLanding,
    enableBudgetAlerts: settings.enableBudgetAlerts,
    thresholds: settings.budgetAlertThresholds.map(String),
    preferredModels: settings.preferredModels,
    blockedModels: settings.blockedModels,
  };
}

/** What the door takes. Call it with checked values only. */
export function settingsInputOf(values: CostFormValues): UpdateCostSettingsInput {
  return {
    monthlyBudgetMicroVnd: microVndOf(values.monthlyBudgetVnd),
    dailyCapMicroVnd: microVndOf(values.dailyCapVnd),
    maxCostPerQueryMicroVnd: microVndOf(values.queryCapVnd),
    enableCostOptimization: values.enableCostOptimization,
    softLanding: values.softLanding,
    enableBudgetAlerts: values.enableBudgetAlerts,
    budgetAlertThresholds: values.thresholds.map(Number),
    preferredModels: [...values.preferredModels],
    blockedModels: [...values.blockedModels],
  };
}

/** Nothing, or whole đồng from 1 ₫ up, below 10^12 ₫ as the door accepts. */
export function isAmount(vnd: string | null | undefined): boolean {
  return vnd === null || vnd === undefined || vnd === "" || /^[1-9]\d{0,11}$/.test(vnd);
}

/** 1 to 10 whole numbers from 1 to 100. */
export function areThresholds(thresholds: readonly string[]): boolean {
  const isMark = (text: string) => /^[1-9]\d{0,2}$/.test(text) && Number(text) <= 100;
  return thresholds.length >= 1 && thresholds.length <= 10 && thresholds.every(isMark);
}

/** `20000` → `20.000`, as amounts are written here. */
export function groupDigits(value: string | undefined): string {
  return (value ?? "").replace(/\B(?=(\d{3})+(?!\d))/g, ".");
}

/** Back from what was typed or pasted: digits only. */
export function plainDigits(text: string | undefined): string {
  return (text ?? "").replace(/\D/g, "");
}
