/** Writes links into the country's rows, together with who confirmed them. */
import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { type DecidedLink, describeWrong, type LinkKind, type WrongRow } from './read-links.ts'
import { hasTable } from './read-own-persons.ts'

/** Where the links of each kind are, and what they hang on. */
const TABLES = {
  PERSON: { table: 'persons.same_as', own: 'person_id', other: 'other_id', records: 'persons.person' },
  CASE: { table: 'cases.linked_case', own: 'case_id', other: 'linked_id', records: 'cases.case_file' },
} as const satisfies Readonly<Record<LinkKind, object>>

/** How many links of one table were read, made and removed. Links that were there already count in neither. */
export interface AppliedLinks {
  readonly type: string
  readonly read: number
  readonly created: number
  readonly deleted: number
}

/**
 * Writes links in one transaction, and calls `note` before it ends: if that rejects, nothing is written.
 * @param file the file of the links, for messages
 * @param note is given the counts of each table that has changed, or would have
 * @throws {UsageError} if a record of ours does not exist, or is linked to another person of the same country already.
 */
export async function applyLinks(
  db: Database,
  links: readonly DecidedLink[],
  file: string,
  note: (applied: readonly AppliedLinks[]) => Promise<unknown>,
): Promise<readonly AppliedLinks[]> {
  return db.transaction(async (tx) => {
    const applied: AppliedLinks[] = []
    for (const kind of Object.keys(TABLES) as LinkKind[]) {
      const ofKind = links.filter((link) => link.kind === kind)
      if (ofKind.length > 0) applied.push(await applyKind(tx, kind, ofKind, file))
    }
    await note(applied)
    return applied
  })
}

async function applyKind(
  tx: Database,
  kind: LinkKind,
  links: readonly DecidedLink[],
  file: string,
): Promise<AppliedLinks> {
  const { table, own, other } = TABLES[kind]
  const wrong = await findWrong(tx, kind, links)
  if (wrong.length > 0) throw new UsageError(describeWrong(file, wrong))
  const pairs = (isConfirmed: boolean): string =>
    JSON.stringify(links.filter((link) => link.isConfirmed === isConfirmed))
  const given = 'json_to_recordset($1::text::json) as g(id text, "otherId" text, "by" text, "on" date)'
  const removed = await tx.query(
    `delete from ${table} t using ${given} where t.${own} = g.id and t.${other} = g."otherId" returning 1 as done`,
    [pairs(false)],
  )
  const made = await tx.query(
    `insert into ${table} (${own}, ${other}) select g.id, g."otherId" from ${given} on conflict do nothing returning 1 as done`,
    [pairs(true)],
  )
  await tx.query(
    `delete from istmo.confirmed_link t using ${given} where t.kind = $2 and t.id = g.id and t.other_id = g."otherId"`,
    [pairs(false), kind],
  )
  await tx.query(
    `insert into istmo.confirmed_link (kind, id, other_id, confirmed_by, confirmed_on) select $2, g.id, g."otherId", g."by", g."on" from ${given}
     on conflict (kind, id, other_id) do update set confirmed_by = excluded.confirmed_by, confirmed_on = excluded.confirmed_on`,
    [pairs(true), kind],
  )
  return { type: table, read: links.length, created: made.length, deleted: removed.length }
}

async function findWrong(tx: Database, kind: LinkKind, links: readonly DecidedLink[]): Promise<readonly WrongRow[]> {
  const { table, own, other, records } = TABLES[kind]
  if (!(await hasTable(tx, records))) {
    const wrong = `kind: expected a kind whose records are in this database; ${records} is not`
    return links.map(({ line }) => ({ line, wrong }))
  }
  const ids = links.map(({ id }) => id)
  const found = await tx.query<{ id: string }>(`select id from ${records} where id = any($1::text[])`, [ids])
  const known = new Set(found.map(({ id }) => id))
  const missing = links
    .filter(({ id }) => !known.has(id))
    .map(({ line, id }) => ({ line, wrong: `id: expected the id of a record of yours; ${id} does not exist` }))
  if (kind !== 'PERSON') return missing
  const held = await tx.query<{ id: string; other: string }>(
    `select ${own} as id, ${other} as other from ${table} where ${own} = any($1::text[]) or ${other} = any($2::text[])`,
    [ids, links.map(({ otherId }) => otherId)],
  )
  const removed = new Set(links.filter(({ isConfirmed }) => !isConfirmed).map(({ id, otherId }) => `${id} ${otherId}`))
  const staying = held.filter((row) => !removed.has(`${row.id} ${row.other}`))
  const doubled = links.flatMap(({ line, id, otherId, isConfirmed }) => {
    if (!isConfirmed) return []
    const rival = staying.find((row) => isRival(row, id, otherId))
    if (rival === undefined) return []
    const wrong = `${id} and ${otherId}: ${rival.id} is linked to ${rival.other} already. Remove that link first, with confirmed: no`
    return [{ line, wrong }]
  })
  return [...missing, ...doubled]
}

/** Whether a link that is there says that one of two persons is somebody else of the same country. */
function isRival(held: { readonly id: string; readonly other: string }, id: string, otherId: string): boolean {
  if (held.id === id) return held.other !== otherId && held.other.slice(0, 2) === otherId.slice(0, 2)
  return held.other === otherId
}
