/** An error of the kind an invariant is there to see, planted where it is undone again. */
export type PlantedError = {
  readonly id: string;
  readonly what: string;
  /** Whether this invariant is the only one that sees it. */
  readonly isAlone: boolean;
  /** Each changes a row; $PAYING, $FREE, $ORG_PAYING, $ORG_FREE and $LOG are filled in. */
  readonly plant: readonly string[];
};

export const alone = (id: string, what: string, ...plant: string[]): PlantedError => ({
  ...{ id, what, isAlone: true, plant },
});

export const among = (id: string, what: string, ...plant: string[]): PlantedError => ({
  ...{ id, what, isAlone: false, plant },
});
