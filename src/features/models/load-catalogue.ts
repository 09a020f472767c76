import type { Db } from "@/server/db/client.ts";
import { heldCatalogueVersion, holdCatalogue } from "./hold-catalogue.ts";
import type { Catalogue } from "./schema.ts";
import { readCatalogue } from "./store.ts";

/**
 * The newest catalogue, for reads outside a turn; asks the database only whether the held copy is
 * still the newest.
 */
export async function loadCatalogue(db: Db): Promise<Catalogue> {
  return holdCatalogue(await readCatalogue(db, heldCatalogueVersion()));
}
