import { isRecordId, ownerOf, RECORD_ID_FORM } from '../../contract/record-id.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { readAnswer, readDay, readPersonName, readTable, type TableRow } from '../decisions/decisions.ts'
import { hasTable } from './suggest-links.ts'

/** Reads what persons have confirmed in a file of candidates. Nothing becomes a link that no person has confirmed. */

/** What a link joins: two records of one person, or two cases. */
export const LINK_KINDS = ['PERSON', 'CASE'] as const
/** One of {@link LINK_KINDS}. */
export type LinkKind = (typeof LINK_KINDS)[number]

/** A link that a person has confirmed, or has denied. */
export interface DecidedLink {
  readonly line: number
  readonly kind: LinkKind
  /** The id of our record. */
  readonly id: string
  /** The id of the other country's record. */
  readonly otherId: string
  readonly isConfirmed: boolean
  readonly by: string
  /** `YYYY-MM-DD`. */
  readonly on: string
}

/** The columns that a file must have. `kind` and `country` may be left out. */
const COLUMNS = ['id', 'otherId', 'confirmed', 'confirmedBy', 'confirmedOn']

const MAX_TOLD = 20

/**
 * Reads a file.
 * @param own the country of our records
 * @param nowMs milliseconds since the epoch
 * @returns the links, how many rows nobody has decided, and how many were denied and name no record: there is nothing to remove.
 * @throws {UsageError} that names each wrong row with its line, what was expected and what came.
 */
export async function readLinks(path: string, own: string, nowMs: number) {
  const { rows } = await readTable(path, COLUMNS)
  const read = rows.map((row) => readRow(row, own, nowMs))
  const links = read.flatMap((each) => ('link' in each ? [each.link] : []))
  const wrong = [...read.flatMap((each) => ('wrong' in each ? [each] : [])), ...findContradictions(links)].sort(
    (a, b) => a.line - b.line,
  )
  if (wrong.length > 0) throw new UsageError(describeWrong(path, wrong))
  const kept = new Map(links.map((link) => [keyOf(link), link]))
  return {
    links: [...kept.values()],
    undecided: read.filter((each) => 'open' in each && each.open === 'undecided').length,
    denied: read.filter((each) => 'open' in each && each.open === 'no').length,
  }
}

/** A wrong row. */
export interface WrongRow {
  readonly line: number
  readonly wrong: string
}

/** Words a refusal of a whole file. */
export function describeWrong(path: string, wrong: readonly WrongRow[]): string {
  const more = wrong.length > MAX_TOLD ? [`… and ${wrong.length - MAX_TOLD} more`] : []
  const lines = wrong.slice(0, MAX_TOLD).map((each) => `line ${each.line}: ${each.wrong}`)
  return [`${path}: nothing was imported`, ...lines, ...more].join('\n')
}

type ReadRow = { readonly link: DecidedLink } | { readonly open: 'undecided' | 'no' } | WrongRow

function readRow({ line, fields }: TableRow, own: string, nowMs: number): ReadRow {
  const wrong = (column: string, expected: string, came: string): ReadRow => ({
    line,
    wrong: `${column}: expected ${expected}; came ${came === '' ? 'nothing' : `«${came}»`}`,
  })
  const { id = '', otherId = '', confirmed = '', confirmedBy = '', confirmedOn = '', country = '' } = fields
  const answer = readAnswer(confirmed)
  if (answer === null) return wrong('confirmed', 'yes, no or nothing', confirmed)
  if (answer === 'undecided') return { open: 'undecided' }
  if (answer === 'no' && otherId === '') return { open: 'no' }
  const kind = LINK_KINDS.find((each) => each === (fields.kind || 'PERSON'))
  if (kind === undefined) return wrong('kind', LINK_KINDS.join(' or '), fields.kind ?? '')
  if (!isRecordId(id)) return wrong('id', RECORD_ID_FORM, id)
  if (ownerOf(id) !== own) return wrong('id', `an id of your own country, ${own}`, id)
  if (!isRecordId(otherId))
    return wrong('otherId', `the id that the other country’s contact point has told you: ${RECORD_ID_FORM}`, otherId)
  if (ownerOf(otherId) === own) return wrong('otherId', `an id of another country than ${own}`, otherId)
  if (country !== '' && ownerOf(otherId) !== country)
    return wrong('otherId', `an id of ${country}, which has the hit`, otherId)
  const by = readPersonName(confirmedBy)
  if (by === null) return wrong('confirmedBy', 'the name of the person who decided', confirmedBy)
  const on = readDay(confirmedOn, nowMs)
  if (on === null)
    return wrong('confirmedOn', 'the day of the decision as YYYY-MM-DD, and not in the future', confirmedOn)
  return { link: { line, kind, id, otherId, isConfirmed: answer === 'yes', by, on } }
}

/** Finds rows that cannot both be right: a yes and a no, and one record as two of one country. */
function findContradictions(links: readonly DecidedLink[]): readonly WrongRow[] {
  const byPair = Map.groupBy(links, keyOf)
  const both = [...byPair.values()].flatMap((group) => {
    const [first, ...others] = group
    return others
      .filter((each) => each.isConfirmed !== first?.isConfirmed)
      .map(({ line, id, otherId }) => ({
        line,
        wrong: `confirmed: expected one answer for ${id} and ${otherId}; line ${first?.line} has another`,
      }))
  })
  return [...both, ...findDoubles(links)]
}

function findDoubles(links: readonly DecidedLink[]): readonly WrongRow[] {
  const persons = links.filter(({ kind, isConfirmed }) => kind === 'PERSON' && isConfirmed)
  const told = (
    of: (link: DecidedLink) => string,
    other: (link: DecidedLink) => string,
    what: (key: string) => string,
  ) =>
    [...Map.groupBy(persons, of)].flatMap(([key, [first, ...others]]) =>
      others
        .filter((each) => first !== undefined && other(each) !== other(first))
        .map(({ line }) => ({ line, wrong: `${what(key)}; line ${first?.line} names another. Confirm one of them` })),
    )
  return [
    ...told(
      ({ id, otherId }) => `${id} ${ownerOf(otherId)}`,
      ({ otherId }) => otherId,
      (key) => `otherId: expected one person of ${key.split(' ')[1]} for ${key.split(' ')[0]}`,
    ),
    ...told(
      ({ otherId }) => otherId,
      ({ id }) => id,
      (key) => `id: expected one person of ours for ${key}`,
    ),
  ]
}

function keyOf({ kind, id, otherId }: Pick<DecidedLink, 'kind' | 'id' | 'otherId'>): string {
  return `${kind} ${id} ${otherId}`
}

/** Writes links into the country's rows, together with who confirmed them. */

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
