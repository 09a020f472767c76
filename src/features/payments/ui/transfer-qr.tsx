"use client";

import { DownloadOutlined } from "@ant-design/icons";
import { Button, QRCode } from "antd";
import { useTranslations } from "next-intl";
import { useRef } from "react";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { TransferView } from "../schema.ts";
import styles from "./checkout.module.css";

const SIZE_PX = 224;
/** The empty edge readers look for, in modules. */
const QUIET_MODULES = 4;
// Dark on light whatever the look: many readers take nothing else.
const INK = "#000000";
const GROUND = "#ffffff";

/** The VietQR as a picture, which can be kept: whoever pays on this very phone cannot scan it. */
export function TransferQr({ transfer }: { readonly transfer: TransferView }) {
  const t = useTranslations("billing.transfer");
  const frame = useRef<HTMLDivElement>(null);
  const amount = formatVnd(BigInt(transfer.amountMicroVnd));
  return (
    <figure className={styles["qr"]}>
      <div
        ref={frame}
        className={styles["qrGround"]}
        data-testid="transfer-qr"
        data-qr={transfer.qr}
      >
        <QRCode
          value={transfer.qr}
          size={SIZE_PX}
          marginSize={QUIET_MODULES}
          color={INK}
          bgColor={GROUND}
          bordered={false}
          aria-label={t("qrLabel", { amount, memo: transfer.memo })}
        />
      </div>
      <figcaption>
        <Button
          type="link"
          icon={<DownloadOutlined aria-hidden />}
          data-testid="save-qr"
          onClick={() => savePicture(frame.current, transfer.memo)}
        >
          {t("save")}
        </Button>
      </figcaption>
    </figure>
  );
}

function savePicture(frame: HTMLElement | null, name: string): void {
  frame?.querySelector("canvas")?.toBlob((picture) => {
    if (picture === null) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = `${name}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}
