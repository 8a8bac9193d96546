import { userInfo } from 'node:os'
import pg from 'pg'
import { labelUrl } from '../../service/describe-connection.ts'
import {
  CATALOGS,
  type Dialect,
  isSelect,
  renderFrom,
  renderSelection,
  type Selection,
  type Source,
  type SourceBatch,
  type SourceColumn,
  type SourceColumnKind,
  SourceError,
  type SourceTable,
  splitName,
  toSourceError,
  toTables,
} from './source.ts'

/** How many rows one fetch of a cursor brings. */
const FETCH_ROWS = 5_000

const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 30_000

const DIALECT: Dialect = {
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  parameter: (n) => `$${n}`,
}

/** How long one statement may take: an hour for the server's own work until the first rows come, and a minute for a lock of the old application. */
const LIMITS = "set local statement_timeout = '1h'; set local lock_timeout = '1min'"

/** The session: one snapshot, read only, and each value as a text that does not depend on the server's settings. */
const BEGIN = `begin isolation level repeatable read read only; ${LIMITS}; set local idle_in_transaction_session_timeout = 0; set local cursor_tuple_fraction = 1;
  set local datestyle = 'ISO, YMD'; set local timezone = 'UTC'; set local intervalstyle = 'iso_8601'; set local extra_float_digits = 1;
  set local bytea_output = 'hex'`

/**
 * Opens a PostgreSQL server as a source. All reads until it is closed see one snapshot.
 * @param url a `postgres://` URL.
 * @throws {SourceError} if it cannot connect.
 */
export async function openPostgresql(url: string): Promise<Source> {
  const label = labelUrl(url)
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'istmo',
    // A server that is gone without a word is noticed.
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    // Without a user, the library would look for one in the environment.
    ...(URL.canParse(url) && new URL(url).username === '' && { user: userInfo().username }),
    types: { getTypeParser: (oid: number) => chooseText(oid) } as never,
  })
  let broken: Error | undefined
  client.on('error', (error) => {
    broken = error
  })
  const run = async (doing: string, sql: string, values: readonly string[] = []) => {
    try {
      // The extended protocol takes one statement: a select of a mapping cannot end the transaction and begin something else.
      return await client.query({ text: sql, values: [...values], queryMode: 'extended' } as pg.QueryConfig)
    } catch (error) {
      throw toSourceError(label, doing, broken ?? error)
    }
  }
  let encoding: string
  try {
    await client.connect()
    await client.query(BEGIN)
    const { rows } = await client.query('show server_encoding')
    encoding = rows[0].server_encoding
  } catch (error) {
    await client.end().catch(() => undefined)
    throw toSourceError(label, 'connect', error)
  }
  const resolve = (from: string) => findTable(run, from)
  let cursors = 0
  return {
    label,
    listTables: () => listTables(run),
    async listColumns(from) {
      const table = await resolve(from)
      return listColumns(run, table)
    },
    async *read(selection) {
      const found = await resolveAll(selection, resolve)
      cursors += 1
      yield* readCursor(run, `istmo_cursor_${cursors}`, found, { label, isRaw: encoding === 'SQL_ASCII' })
    },
    async count(selection) {
      const { text, values } = renderSelection(await resolveAll(selection, resolve), DIALECT, 'count(*) as n')
      const { rows } = await run(`count the rows of ${nameOf(selection.from)}`, text, values)
      return Number(rows[0].n)
    },
    close: () => client.end().catch(() => undefined),
  }
}

type Run = (doing: string, sql: string, values?: readonly string[]) => Promise<pg.QueryResult>

/** The types whose texts differ from those of other databases. */
const BOOL = 16
const BYTEA = 17

function chooseText(oid: number): (text: string) => string {
  if (oid === BOOL) return (text) => (text === 't' ? 'true' : 'false')
  if (oid === BYTEA) return (text) => text.replace(/^\\x/, '')
  return (text) => text
}

function nameOf(from: string): string {
  return isSelect(from) ? `«${from.trim().replace(/\s+/g, ' ').slice(0, 80)}»` : `the table ${from}`
}

/** Finds a table under its exact name, else in small letters, as PostgreSQL itself reads a name without quotes. */
async function findTable(run: Run, from: string): Promise<string> {
  if (isSelect(from)) return from
  const exact = renderFrom(from, DIALECT)
  const small = renderFrom(from.toLowerCase(), DIALECT)
  const { rows } = await run(
    `find ${nameOf(from)}`,
    'select to_regclass($1::text) is not null as exact, to_regclass($2::text) is not null as small',
    [exact, small],
  )
  if (rows[0].exact === 'true') return from
  if (rows[0].small === 'true') return from.toLowerCase()
  const known = (await listTables(run)).map(({ name }) => name)
  const last = splitName(from).at(-1)?.toLowerCase().slice(0, 4) ?? ''
  const near = known.filter((name) => name.toLowerCase().includes(last))
  const shown = (near.length > 0 ? near : known).slice(0, 10).join(', ')
  throw new SourceError(
    `expected the table ${from}; the source has none of that name that this user may see. ` +
      (shown === ''
        ? 'It shows no table at all: grant usage on its schema and select on its tables.'
        : `It has ${shown}.`),
  )
}

async function resolveAll(selection: Selection, resolve: (from: string) => Promise<string>): Promise<Selection> {
  const from = await resolve(selection.from)
  if (selection.changed === undefined) return { from }
  const changed = await Promise.all(
    selection.changed.map(async (each) =>
      'since' in each
        ? each
        : { column: each.column, among: { ...(await resolveAll(each.among, resolve)), column: each.among.column } },
    ),
  )
  return { from, changed }
}

async function listColumns(run: Run, from: string): Promise<readonly SourceColumn[]> {
  const doing = `read the columns of ${nameOf(from)}`
  const { fields } = await run(doing, `select * from ${renderFrom(from, DIALECT)} istmo_1 limit 0`)
  checkNames(
    from,
    fields.map(({ name }) => name),
  )
  const { rows } = await run(
    doing,
    `select format_type(t.type::oid, t.modifier::int) as type, y.typcategory as category, coalesce(a.attnotnull, false) as required
     from json_to_recordset($1::json) as t(n int, type bigint, modifier bigint, relation bigint, attribute int)
     join pg_type y on y.oid = t.type left join pg_attribute a on a.attrelid = t.relation and a.attnum = t.attribute order by t.n`,
    [
      JSON.stringify(
        fields.map((field, n) => ({
          n,
          type: field.dataTypeID,
          modifier: field.dataTypeModifier,
          relation: field.tableID,
          attribute: field.columnID,
        })),
      ),
    ],
  )
  return fields.map(({ name }, at) => {
    const { type, category, required } = rows[at]
    return { name, type, kind: readKind(type, category), isNullable: required !== 'true' }
  })
}

function checkNames(from: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return
  throw new SourceError(
    `expected a name of its own for each column of ${nameOf(from)}; came ${twice} twice. Write «TABLE.${twice} as OTHER_NAME» in the select.`,
  )
}

async function* readCursor(
  run: Run,
  cursor: string,
  selection: Selection,
  { label, isRaw }: { readonly label: string; readonly isRaw: boolean },
): AsyncGenerator<SourceBatch> {
  const { text, values } = renderSelection(selection, DIALECT)
  const doing = `read ${nameOf(selection.from)}`
  await run(doing, `declare ${cursor} no scroll cursor for ${text}`, values)
  const fetch = () => run(doing, `fetch ${FETCH_ROWS} from ${cursor}`)
  let place = 0
  let next = fetch()
  for (;;) {
    const { rows, fields } = await next
    if (place === 0) {
      checkNames(
        selection.from,
        fields.map(({ name }) => name),
      )
    }
    if (rows.length === 0) break
    // The server fetches while the rows are used. An error shows when its batch is asked for.
    next = fetch()
    next.catch(() => undefined)
    const first = place
    place += rows.length
    yield toBatch(rows, first, { label, isRaw })
  }
  await run(doing, `close ${cursor}`)
}

function toBatch(
  rows: readonly Record<string, string | null>[],
  first: number,
  { isRaw }: { readonly label: string; readonly isRaw: boolean },
): SourceBatch {
  const placed = rows.map((row, at) => ({ place: first + at + 1, row }))
  if (!isRaw) return { rows: placed, unreadable: [] }
  // A database in SQL_ASCII says nothing about its bytes. Those that are not UTF-8 came as this sign.
  const isDamaged = ({ row }: (typeof placed)[number]) => Object.values(row).some((text) => text?.includes('\ufffd'))
  return {
    rows: placed.filter((each) => !isDamaged(each)),
    unreadable: placed.filter(isDamaged).map(({ place }) => ({
      place,
      reason:
        'expected UTF-8, because the database says no encoding (SQL_ASCII); came other bytes. ' +
        "Convert the column in a select: convert_from(convert_to(COLUMN, 'SQL_ASCII'), 'LATIN1') in a database of UTF8",
    })),
  }
}

/** Lists what the source has, in the order of the names. */
async function listTables(run: Run): Promise<readonly SourceTable[]> {
  const { tables: relations, columns: ofColumns, keys: ofKeys } = CATALOGS.postgresql
  const ask = async (sql: string): Promise<readonly Record<string, string | null>[]> =>
    (
      await run(
        'list the tables',
        sql.replaceAll('{{tables}}', () => relations),
      )
    ).rows
  const tables = (await ask(relations)).toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
  return toTables({ tables, columns: await ask(ofColumns), keys: await ask(ofKeys) }, readKind)
}

/** Reads what a type holds from its name and its category (pg_type.typcategory). */
function readKind(type: string, category: string): SourceColumnKind {
  if (type === 'date') return 'date'
  if (type === 'bytea') return 'binary'
  if (/^timestamp/.test(type)) return 'time'
  if (category === 'N') return 'number'
  if (category === 'B') return 'boolean'
  return category === 'S' || category === 'E' ? 'text' : 'other'
}
