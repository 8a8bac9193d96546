/** Reads what persons have confirmed in a file of candidates. Nothing becomes a link that no person has confirmed. */
import { isRecordId, ownerOf, RECORD_ID_FORM } from '../../contract/record-id.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readAnswer, readDay, readPersonName } from '../decisions/decider.ts'
import { readTable, type TableRow } from '../decisions/read-table.ts'

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

/** What a file says. */
export interface ReadLinks {
  readonly links: readonly DecidedLink[]
  /** Rows that nobody has decided. */
  readonly undecided: number
  /** Rows that were denied, and name no record: there is nothing to remove. */
  readonly denied: number
}

/** The columns that a file must have. `kind` and `country` may be left out. */
const COLUMNS = ['id', 'otherId', 'confirmed', 'confirmedBy', 'confirmedOn']

const MAX_TOLD = 20

/**
 * Reads a file.
 * @param own the country of our records
 * @param nowMs milliseconds since the epoch
 * @throws {UsageError} that names each wrong row with its line, what was expected and what came.
 */
export async function readLinks(path: string, own: string, nowMs: number): Promise<ReadLinks> {
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
