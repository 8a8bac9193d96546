import { ALL } from '../../../audit/index/entry-row.ts'
import { NOW_MS } from '../logs.ts'

/** Acts on the rows of the search index. The log of the gateway has 339 entries, and the last one cannot be read. */

/** One act on the database, and what `index --check` must find. */
export interface IndexCase {
  readonly title: string
  /** The SQL of the act. */
  readonly statement: string
  /** The findings, as lines. */
  readonly finds: readonly string[]
  /** Whether `--repair` makes it right; `--rebuild` does in any case. */
  readonly isRepaired?: boolean
}

/** The row of an entry for those who may see all. Each country that it concerns has another one. */
const at7 = `position = 7 and viewer = '${ALL}'`

const altered = (position: number | string, columns: string): string =>
  `INDEX entry ${position}: expected ${columns} of the entry, came something else`
const deleted = (position: number | string): string =>
  `INDEX entry ${position}: expected a row of this entry, came none`
const added = (position: number): string =>
  `INDEX entry ${position}: expected no row, came a row that the log does not give`

const cosigned = (expected: string, came: string): string =>
  `INDEX istmo.example/gateway, what is cosigned: expected ${expected}, came ${came}`

/** SQL that inserts a copy of row 0 at another place: `place` is a log and a position. */
const insertCopy = (place: string): string => {
  const columns =
    'viewer, id, time, at, kind, countries, domains, coordinates, denied, outcome, codes, records, persons'
  return `insert into entries (log, position, ${columns}) select ${place}, ${columns} from entries where position = 0 and viewer = '${ALL}'`
}

/** The cases. */
export const INDEX_CASES: readonly IndexCase[] = [
  { title: 'a row was deleted', statement: 'delete from entries where position = 100', finds: [deleted(100)] },
  { title: 'the first row was deleted', statement: 'delete from entries where position = 0', finds: [deleted(0)] },
  {
    title: 'the last row was deleted',
    statement: 'delete from entries where position = 337',
    finds: [deleted(337)],
  },
  {
    title: 'the agency of a row was altered',
    statement: `update entries set agency = 'HN-MP-ATIC' where ${at7}`,
    finds: [altered(7, 'agency')],
  },
  {
    title: 'a country was taken out of a row, so that its auditor does not see it',
    statement: `update entries set countries = '{}' where ${at7}`,
    finds: [altered(7, 'countries')],
  },
  {
    title: 'the row that one country sees was altered',
    statement: `update entries set agency = 'HN-MP-ATIC' where position = 7 and viewer = 'HN'`,
    finds: [altered('7 as HN sees it', 'agency')],
  },
  {
    title: 'the row that one country sees was deleted',
    statement: `delete from entries where position = 7 and viewer = 'HN'`,
    finds: [deleted('7 as HN sees it')],
  },
  {
    title: 'the time by which a row is found was altered, and not the time that it shows',
    statement: `update entries set at = at - interval '1 year' where ${at7}`,
    finds: [altered(7, 'at')],
  },
  {
    title: 'the outcome and the records of a row were altered',
    statement: `update entries set outcome = 'DENIED', records = 0 where ${at7}`,
    finds: [altered(7, 'outcome, records')],
  },
  {
    title: 'two rows were moved to places below zero',
    statement: `update entries set position = -position where position in (7, 8) and viewer = '${ALL}'`,
    finds: [deleted(7), deleted(8), added(-8), added(-7)],
  },
  {
    title: 'a row was added at the place of the entry that cannot be read',
    statement: insertCopy(`'istmo.example/gateway', 338`),
    finds: [added(338)],
  },
  {
    title: 'a row was added behind the end of the log',
    statement: insertCopy(`'istmo.example/gateway', 5000`),
    finds: [added(5_000)],
  },
  {
    title: 'a row was added under the name of a log that nobody follows',
    statement: insertCopy(`'istmo.example/other', 0`),
    finds: ['INDEX rows of logs that the index does not follow: expected none, came 1'],
    isRepaired: false,
  },
  {
    title: 'the note was deleted that an entry cannot be read',
    statement: 'delete from unreadable',
    finds: ['INDEX entry 338: expected a note that this entry cannot be read, came none'],
  },
  {
    title: 'a note was added that an entry cannot be read, which can be read',
    statement: `insert into unreadable values ('istmo.example/gateway', 7, 'expected JSON')`,
    finds: ['INDEX entry 7: expected no note that this entry cannot be read, came one'],
  },
  {
    title: 'the index says that the trust policy demands no witnesses',
    statement: 'update followed set needs_quorum = false',
    finds: [cosigned('a quorum of witnesses, as the trust policy demands', 'none demanded')],
  },
  {
    title: 'the index says that witnesses cosigned more than they did',
    statement: 'update followed set witnessed = 5000',
    finds: [cosigned('at most 339 cosigned entries', '5000')],
  },
  {
    title: 'the index says that witnesses cosigned its log until a time at which nobody had asked them',
    statement: `update followed set witnessed_ms = ${NOW_MS + 86_400_000}`,
    finds: [cosigned('a quorum until 2026-11-24T08:14:00.000Z', '2026-11-25T08:14:00.000Z')],
  },
  {
    title: 'the index says that it knows more than the log has',
    statement: 'update followed set size = 1000',
    finds: ['INDEX istmo.example/gateway: expected at most the 339 entries of the log, came 1000'],
    isRepaired: false,
  },
]
