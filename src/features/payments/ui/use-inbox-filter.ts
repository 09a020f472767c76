"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import type { z } from "zod";
import { listInboxInput } from "../schema.ts";

const PAGE_SIZE = 20;

export type InboxFilter = z.output<typeof listInboxInput>;
export type InboxFilterChange = Partial<Omit<InboxFilter, "pageSize">>;

/** The filter as the address has it (`?show=all&reason=late&q=PHO&page=2`); what is not valid counts as unset. */
export function useInboxFilter(): {
  readonly filter: InboxFilter;
  readonly isNarrowed: boolean;
  readonly change: (change: InboxFilterChange) => void;
} {
  const address = useSearchParams();
  const filter = useMemo(() => readFilter(address), [address]);
  const change = useCallback(
    (next: InboxFilterChange) => {
      const query = writeFilter({ ...filter, page: 1, ...next });
      const { pathname } = window.location;
      window.history.pushState(null, "", query === "" ? pathname : `${pathname}?${query}`);
    },
    [filter],
  );
  return { filter, isNarrowed: filter.reason !== null || filter.search !== "", change };
}

function readFilter(address: URLSearchParams): InboxFilter {
  const { show, reason, search, page } = listInboxInput.shape;
  return {
    show: show.safeParse(address.get("show") ?? undefined).data ?? "open",
    reason: reason.safeParse(address.get("reason")).data ?? null,
    search: search.safeParse(address.get("q") ?? undefined).data ?? "",
    page: page.safeParse(Number(address.get("page") ?? 1)).data ?? 1,
    pageSize: PAGE_SIZE,
  };
}

function writeFilter(filter: InboxFilter): string {
  const query = new URLSearchParams();
  if (filter.show !== "open") query.set("show", filter.show);
  if (filter.reason !== null) query.set("reason", filter.reason);
  if (filter.search !== "") query.set("q", filter.search);
  if (filter.page > 1) query.set("page", String(filter.page));
  return query.toString();
}
