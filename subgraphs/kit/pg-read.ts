import pg from 'pg'

/** A day of a year with four digits, the time of a day, and the zone UTC. */

const UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/

/**
 * Converts PostgreSQL's text of a timestamp in DateStyle ISO to an ISO 8601 string in UTC with milliseconds. Reads a timestamp without
 * a zone as UTC.
 */
export function timestampText(text: string): string {
  // Almost all: a connection has TimeZone UTC. To make a Date for each row would cost more than the rest of the row.
  if (UTC.test(text))
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0').slice(0, 3)}Z`
  const [, day = '', time = '', zone = ''] = /^(\S+) ([\d:.]+)([+-].*)?$/.exec(text) ?? []
  const offset = zone === '' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone
  return new Date(`${day}T${time}${offset}`).toISOString()
}

/** Values as PostgreSQL writes and reads them in its text format, for the statements of a server's readers. */

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184, dates: 1182, texts: 1009 } as const

/** Reads the text of one value. */
type ReadText = (text: string) => unknown

/** Returns the function that reads the values of a type: days as `YYYY-MM-DD`, times as ISO strings in UTC. */
export function chooseReader(oid: number): ReadText {
  if (oid === OID.int8) return Number
  if (oid === OID.date) return (text) => text
  if (oid === OID.timestamptz || oid === OID.timestamp) return timestampText
  if (oid === OID.dates || oid === OID.texts) return readTexts
  return pg.types.getTypeParser(oid, 'text') as ReadText
}

const readAnyTexts = pg.types.getTypeParser(OID.texts as number, 'text') as ReadText

/** Reads an array of texts. Most have no item that PostgreSQL must quote, and need no parser. */
export function readTexts(text: string): unknown {
  if (text === '{}') return []
  if (!/^\{[^"{}\\]+\}$/.test(text) || /null/i.test(text)) return readAnyTexts(text)
  return text.slice(1, -1).split(',')
}

/**
 * Writes a parameter as text.
 * @throws {TypeError} for a value that no statement of the kit has.
 */
export function writeParameter(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value)) throw new TypeError(`expected a text, a number, a boolean or a list; came ${typeof value}`)
  return `{${value.map(writeItem).join(',')}}`
}

function writeItem(value: unknown): string {
  const text = writeParameter(value)
  if (text === null) return 'NULL'
  if (Array.isArray(value)) return text
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}

/**
 * One statement that reads, in a transaction of its own with settings that end with it, in one round trip. All messages go out together, with one
 * Sync at the end: the server runs them in one transaction, and skips all that follow an error (PostgreSQL's manual, «Pipelining» and «Extended
 * Query» of the protocol). So the statement never runs without its settings.
 */

/** A statement that sets something for the transaction, and one that reads. */
export interface Read {
  readonly settings: Statement
  readonly statement: Statement
  /** Whether the connection may keep the statement, and its plan if the settings do not say otherwise: its text is one of few. */
  readonly isKept: boolean
}

interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
}

/** What `pg` offers to a query that sends its own messages. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void }
  parse(statement: { readonly name: string; readonly text: string }): void
  bind(bound: { readonly statement: string; readonly values: readonly (string | null)[] }): void
  describe(what: { readonly type: 'P'; readonly name: string }): void
  execute(): void
  close(what: { readonly type: 'S'; readonly name: string }): void
  sync(): void
}

/** The most values of a message: their number has two bytes. */
const MOST_VALUES = 65_535

/**
 * Sends a read by a connection of a pool. Rejects with the error of the server or of the connection, or for values that cannot be written. Nothing is
 * sent then.
 */
export function sendRead<Row>(client: pg.ClientBase, { settings, statement, isKept }: Read): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    // All values are written before the first message goes out: the messages after an error of our own would be missing.
    const written = { settings: writeValues(settings), statement: writeValues(statement), isKept }
    client.query(new ReadQuery(written, resolve as (rows: unknown[]) => void, reject))
  })
}

interface WrittenStatement {
  readonly text: string
  readonly values: readonly (string | null)[]
}

function writeValues({ text, params }: Statement): WrittenStatement {
  if (params.length > MOST_VALUES)
    throw new RangeError(`expected at most ${MOST_VALUES} values of a statement; came ${params.length}`)
  return { text, values: params.map(writeParameter) }
}

interface Written {
  readonly settings: WrittenStatement
  readonly statement: WrittenStatement
  readonly isKept: boolean
}

/** A column of the rows of a statement. */
interface Column {
  readonly name: string
  readonly read: ReadText
}

/** A statement that the server has. */
interface Prepared {
  /** Empty: only for this read. */
  readonly name: string
  /** What its rows have; null if nobody has asked yet. */
  columns: readonly Column[] | null
}

/** The state of one read, which `pg` calls as the answers come. */
class ReadQuery implements pg.Submittable {
  readonly #read: Written
  readonly #resolve: (rows: unknown[]) => void
  readonly #reject: (error: Error) => void
  readonly #rows: unknown[] = []
  #kept: KeptStatements | undefined
  #prepared: Prepared | undefined
  #areSettingsMade = false

  constructor(read: Written, resolve: (rows: unknown[]) => void, reject: (error: Error) => void) {
    this.#read = read
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Called by `pg` when the connection is free. All messages go out as one piece of data. */
  submit(connection: pg.Connection): void {
    const to = connection as unknown as Connection
    const { settings, statement, isKept } = this.#read
    this.#kept = keptAt(to)
    to.stream.cork()
    this.#kept.closeStale(to)
    // The row of the settings is not read.
    bind(to, settings, this.#kept)
    to.execute()
    this.#prepared = bind(to, statement, isKept ? this.#kept : null)
    if (this.#prepared.columns === null) to.describe({ type: 'P', name: '' })
    to.execute()
    to.sync()
    to.stream.uncork()
  }

  handleRowDescription({
    fields,
  }: {
    readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
  }): void {
    if (this.#prepared === undefined) return
    this.#prepared.columns = fields.map(({ name, dataTypeID }) => ({ name, read: chooseReader(dataTypeID) }))
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const columns = this.#prepared?.columns
    if (!this.#areSettingsMade || !columns) return
    const row: Record<string, unknown> = {}
    for (let at = 0; at < columns.length; at++) {
      const { name, read } = columns[at] as Column
      const text = fields[at] ?? null
      row[name] = text === null ? null : read(text)
    }
    this.#rows.push(row)
  }

  handleCommandComplete(): void {
    this.#areSettingsMade = true
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#rows)
  }

  /** After an error nobody knows which statements the server has, so the connection keeps none of before. Errors are rare. */
  handleError(error: Error): void {
    this.#kept?.forgetAll()
    this.#reject(error)
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}
}

/** Binds values to a statement, and prepares it before if the server does not have it. @param kept null: the server keeps it for this read only. */
function bind(to: Connection, { text, values }: WrittenStatement, kept: KeptStatements | null): Prepared {
  const known = kept?.find(text)
  const prepared = known ?? kept?.add(text) ?? { name: '', columns: null }
  if (known === undefined) to.parse({ name: prepared.name, text })
  to.bind({ statement: prepared.name, values })
  return prepared
}

/** How many statements the server keeps for a connection. One more, and it begins anew: the texts are few, but a caller's filters make some of them. */
const MAX_KEPT = 64

/** The statements that the server keeps for one connection. */
class KeptStatements {
  readonly #byText = new Map<string, Prepared>()
  /** The names of statements that the server need no longer keep. */
  readonly #stale: string[] = []
  #named = 0

  find(text: string): Prepared | undefined {
    return this.#byText.get(text)
  }

  add(text: string): Prepared {
    if (this.#byText.size >= MAX_KEPT) this.forgetAll()
    this.#named += 1
    const added: Prepared = { name: `istmo${this.#named}`, columns: null }
    this.#byText.set(text, added)
    return added
  }

  forgetAll(): void {
    for (const { name } of this.#byText.values()) this.#stale.push(name)
    this.#byText.clear()
  }

  closeStale(to: Connection): void {
    for (const name of this.#stale.splice(0)) to.close({ type: 'S', name })
  }
}

const keptByConnection = new WeakMap<object, KeptStatements>()

function keptAt(connection: object): KeptStatements {
  const known = keptByConnection.get(connection) ?? new KeptStatements()
  keptByConnection.set(connection, known)
  return known
}
