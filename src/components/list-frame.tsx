"use client";

import { Pagination } from "antd";
import type { ReactNode } from "react";
import styles from "./list-frame.module.css";

type ListPagesProps = {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  /** Rows of all pages. */
  readonly total: number;
  readonly onChange: (page: number) => void;
};

/** The pages under a list; nothing where there is one. */
export function ListPages({ page, pageSize, total, onChange }: ListPagesProps) {
  return (
    <div className={styles["pages"]}>
      <Pagination
        hideOnSinglePage
        showSizeChanger={false}
        current={page}
        pageSize={pageSize}
        total={total}
        onChange={onChange}
      />
    </div>
  );
}

/** In the place of a list that has no rows. */
export function EmptyList(props: { readonly testId?: string; readonly children: ReactNode }) {
  return (
    <div className={styles["empty"]} data-testid={props.testId}>
      {props.children}
    </div>
  );
}
