import type pg from 'pg'
import { chooseReader, type ReadText, writeParameter } from './pg-values.ts'

/**
 * One statement that reads, in a transaction of its own with settings that end with it, in one round trip. All messages go out together, with one
 * Sync at the end: the server runs them in one transaction, and skips all that follow an error (PostgreSQL's manual, «Pipelining» and «Extended
 * Query» of the protocol). So the statement never runs without its settings.
 */

/** A statement that sets something for the transaction, and one that reads. */
export interface Read {
  readonly settings: Statement
  readonly statement: Statement
  /** Whether the connection may keep the statement and its plan: its text is one of few, and it finds rows by ids. */
  readonly isKept: boolean
}

interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
}

/** What `pg` offers to a query that writes its own messages. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void }
  parse(message: { readonly name: string; readonly text: string }): void
  bind(message: { readonly statement: string; readonly values: readonly (string | null)[] }): void
  describe(message: { readonly type: 'P'; readonly name: string }): void
  close(message: { readonly type: 'S'; readonly name: string }): void
  execute(message: object): void
  sync(): void
}

interface Column {
  readonly name: string
  readonly read: ReadText
}

/** A statement that the server keeps for a connection. */
interface Kept {
  readonly name: string
  readonly columns: readonly Column[] | null
}

/** How many statements a connection keeps. The one used least recently goes first. */
const MAX_KEPT = 64

/** What is kept at one connection. */
interface Memory {
  readonly byText: Map<string, Kept>
  /** The names of statements that the server need no longer keep. */
  readonly stale: string[]
  named: number
}

const memories = new WeakMap<Connection, Memory>()

/** Sends a read by a connection of a pool. Rejects with the error of the server or of the connection. */
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
  return { text, values: params.map(writeParameter) }
}

/** The state of one read, which `pg` calls as the answers come. */
class ReadQuery implements pg.Submittable {
  readonly #read: Written
  readonly #resolve: (rows: unknown[]) => void
  readonly #reject: (error: Error) => void
  readonly #rows: unknown[] = []
  #memory: Memory | undefined
  #name = ''
  #columns: readonly Column[] | null = null
  #areSettingsMade = false

  constructor(read: Written, resolve: (rows: unknown[]) => void, reject: (error: Error) => void) {
    this.#read = read
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Called by `pg` when the connection is free. */
  submit(connection: pg.Connection): void {
    const to = connection as unknown as Connection
    const memory = memoryOf(to)
    this.#memory = memory
    to.stream.cork()
    try {
      for (const name of memory.stale.splice(0)) to.close({ type: 'S', name })
      bindKept(to, memory, this.#read.settings)
      to.execute({})
      this.#bind(to, memory)
      to.execute({})
    } finally {
      to.sync()
      to.stream.uncork()
    }
  }

  #bind(to: Connection, memory: Memory): void {
    const { statement, isKept } = this.#read
    const known = isKept ? take(memory, statement.text) : undefined
    this.#name = known?.name ?? (isKept ? nextName(memory) : '')
    this.#columns = known?.columns ?? null
    if (known === undefined) to.parse({ name: this.#name, text: statement.text })
    to.bind({ statement: this.#name, values: statement.values })
    if (this.#columns === null) to.describe({ type: 'P', name: '' })
  }

  handleRowDescription({
    fields,
  }: {
    readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
  }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, read: chooseReader(dataTypeID) }))
    if (this.#read.isKept && this.#memory)
      keep(this.#memory, this.#read.statement.text, { name: this.#name, columns: this.#columns })
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    // The row of the settings.
    if (!this.#areSettingsMade || this.#columns === null) return
    const row: Record<string, unknown> = {}
    let at = 0
    for (const { name, read } of this.#columns) {
      const text = fields[at++] as string | null
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

  handleError(error: Error): void {
    if (this.#memory) forgetAll(this.#memory, this.#name)
    this.#reject(error)
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}
}

function memoryOf(connection: Connection): Memory {
  const known = memories.get(connection)
  if (known !== undefined) return known
  const made = { byText: new Map(), stale: [], named: 0 }
  memories.set(connection, made)
  return made
}

/** Binds the statement of the settings, which always has the same text. Its row is not read. */
function bindKept(to: Connection, memory: Memory, { text, values }: WrittenStatement): void {
  const known = take(memory, text)
  const name = known?.name ?? nextName(memory)
  if (known === undefined) {
    to.parse({ name, text })
    keep(memory, text, { name, columns: null })
  }
  to.bind({ statement: name, values })
}

/** After an error nobody knows which statements the server has. Errors are rare, so the connection keeps none of before. */
function forgetAll(memory: Memory, name: string): void {
  for (const kept of memory.byText.values()) memory.stale.push(kept.name)
  if (name !== '') memory.stale.push(name)
  memory.byText.clear()
}

function nextName(memory: Memory): string {
  memory.named += 1
  return `istmo${memory.named}`
}

function take(memory: Memory, text: string): Kept | undefined {
  const known = memory.byText.get(text)
  if (known === undefined) return undefined
  memory.byText.delete(text)
  memory.byText.set(text, known)
  return known
}

function keep(memory: Memory, text: string, kept: Kept): void {
  memory.byText.set(text, kept)
  if (memory.byText.size <= MAX_KEPT) return
  const [oldest] = memory.byText
  if (oldest === undefined) return
  memory.byText.delete(oldest[0])
  memory.stale.push(oldest[1].name)
}
