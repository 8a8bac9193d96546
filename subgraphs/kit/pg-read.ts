import type pg from 'pg'
import { forgetAll, keep, type Memory, memoryOf, nextName, take } from './pg-kept.ts'
import { type RowForm, type RowTaker, type RowTap, rowForm, rowReader, tapRows } from './pg-rows.ts'
import { chooseReader, writeParameter } from './pg-values.ts'

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
  readonly stream: { cork(): void; uncork(): void } & Parameters<typeof tapRows>[0]
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

interface Written {
  readonly settings: WrittenStatement
  readonly statement: WrittenStatement
  readonly isKept: boolean
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

const NOTHING: Written = { settings: { text: '', values: [] }, statement: { text: '', values: [] }, isKept: false }
const ignore = (): void => undefined

/** The state of one read, which `pg` calls as the answers come. */
class ReadQuery implements pg.Submittable, RowTaker {
  #read: Written
  #resolve: (rows: unknown[]) => void
  #reject: (error: Error) => void
  #rows: unknown[] = []
  #memory: Memory | undefined
  #tap: RowTap | undefined
  #name = ''
  #form: RowForm | null = null
  #readRow: ReturnType<typeof rowReader> | null = null
  #areSettingsMade = false

  constructor(read: Written, resolve: (rows: unknown[]) => void, reject: (error: Error) => void) {
    this.#read = read
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Called by `pg` when the connection is free. All messages go out as one piece of data. */
  submit(connection: pg.Connection): undefined {
    const to = connection as unknown as Connection
    const memory = memoryOf(to)
    this.#memory = memory
    this.#tap = tapRows(to.stream)
    this.#tap.taker = this
    to.stream.cork()
    for (const name of memory.stale.splice(0)) to.close({ type: 'S', name })
    bindKept(to, memory, this.#read.settings)
    to.execute()
    this.#bind(to, memory)
    to.execute()
    to.sync()
    to.stream.uncork()
  }

  #bind(to: Connection, memory: Memory): void {
    const { statement, isKept } = this.#read
    const known = isKept ? take(memory, statement.text) : undefined
    this.#name = known?.name ?? (isKept ? nextName(memory) : '')
    this.#form = known?.form ?? null
    if (known === undefined) to.parse({ name: this.#name, text: statement.text })
    to.bind({ statement: this.#name, values: statement.values })
    if (this.#form === null) to.describe({ type: 'P', name: '' })
  }

  handleRowDescription({
    fields,
  }: {
    readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
  }): void {
    this.#form = rowForm(fields.map(({ name, dataTypeID }) => ({ name, read: chooseReader(dataTypeID) })))
    if (this.#read.isKept && this.#memory)
      keep(this.#memory, this.#read.statement.text, { name: this.#name, form: this.#form })
  }

  takeRow(chunk: Buffer, from: number): void {
    // The row of the settings.
    if (!this.#areSettingsMade || this.#form === null) return
    this.#readRow ??= rowReader(this.#form)
    this.#rows.push(this.#readRow(chunk, from))
  }

  // `pg` gets no rows.
  handleDataRow(): void {}

  handleCommandComplete(): void {
    this.#areSettingsMade = true
  }

  handleReadyForQuery(): void {
    const [resolve, rows] = [this.#resolve, this.#rows]
    this.#letGo()
    resolve(rows)
  }

  handleError(error: Error): void {
    const reject = this.#reject
    if (this.#memory) forgetAll(this.#memory, this.#name)
    this.#letGo()
    reject(error)
  }

  /** Lets go of the connection, the rows and who waits for them. */
  #letGo(): void {
    if (this.#tap) this.#tap.taker = null
    this.#tap = undefined
    this.#memory = undefined
    this.#form = null
    this.#readRow = null
    this.#rows = []
    this.#read = NOTHING
    this.#resolve = ignore
    this.#reject = ignore
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}
}

/** Binds the statement of the settings, which always has the same text. Its row is not read. */
function bindKept(to: Connection, memory: Memory, { text, values }: WrittenStatement): void {
  const known = take(memory, text)
  const name = known?.name ?? nextName(memory)
  if (known === undefined) {
    to.parse({ name, text })
    keep(memory, text, { name, form: null })
  }
  to.bind({ statement: name, values })
}
