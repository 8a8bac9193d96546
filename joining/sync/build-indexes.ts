import type { FilledKind } from './kinds.ts'
import type { Statements } from './target.ts'

/** From how many new rows on an empty table gets its indexes of lists after its rows. */
const LEAST_ROWS = 10_000

/**
 * Writes the rows of a kind. If the table is empty and many rows come, its GIN indexes are dropped before and built after: the index of the keys of
 * names takes longer row by row than everything else together. The table is locked until the transaction ends, so a search waits meanwhile; there
 * was nothing to find in it.
 * @param least from how many rows on.
 */
export async function writeWithoutIndexes<Value>(
  target: Statements,
  { table, stage }: Pick<FilledKind, 'table' | 'stage'>,
  write: () => Promise<Value>,
  least = LEAST_ROWS,
): Promise<Value> {
  const [row] = await target.query<{ is: boolean }>(
    `select not exists (select from ${table}) and (select count(*) from ${stage}) >= ${least} as is`,
  )
  if (row?.is !== true) return write()
  const indexes = await target.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
     where i.indrelid = $1::regclass and m.amname = 'gin'`,
    [table],
  )
  for (const { name } of indexes) await target.execute(`drop index ${name}`)
  const value = await write()
  await target.execute("set local maintenance_work_mem = '256MB'")
  for (const { definition } of indexes) await target.execute(definition)
  return value
}
