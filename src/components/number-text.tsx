const grouped = new Intl.NumberFormat("vi-VN");

/** A count with Vietnamese grouping, like the amounts beside it, and its plain value in `data-value`. */
export function NumberText({
  value,
  testId,
}: {
  readonly value: number;
  readonly testId?: string;
}) {
  return (
    <span
      className="money"
      data-value={value}
      {...(testId === undefined ? {} : { "data-testid": testId })}
    >
      {grouped.format(value)}
    </span>
  );
}
