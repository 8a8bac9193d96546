import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** The indexes that the migrations of the kit and the domains make, as `pg_get_indexdef` writes them, without their names. */
export const EXPECTED_INDEXES: readonly string[] = parse(
  readFileSync(new URL('expected-indexes.yaml', import.meta.url), 'utf8'),
)
