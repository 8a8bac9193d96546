import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import {
  listRequests,
  makeInbox,
  RequestRejected,
  readReason,
  readRequest,
  rejectRequest,
  writeNamed,
} from '../../audit/inbox/inbox-folder.ts'
import {
  MAX_SUSPENSION_LENGTH,
  readSuspension,
  type Suspender,
  SuspensionInvalidError,
  type SuspensionStatement,
  verifySuspension,
} from '../../contract/trust/suspension.ts'
import {
  type CountedStatement,
  countStatement,
  MAX_KEPT_SUSPENSIONS,
  restoreSuspensions,
  type SuspensionState,
  type SuspensionVerdict,
} from '../../contract/trust/suspension-state.ts'
import { lockFolder } from '../folder-lock/folder-lock.ts'
import { replaceFile } from '../replace-file.ts'
import {
  describeSuspension,
  indexSuspensions,
  type Suspension,
  type SuspensionAct,
  type SuspensionIndex,
  type SuspensionSubject,
} from './find-suspension.ts'
import { type FeedState, formatFeed } from './format-feed.ts'
import { type KeptStatements, openStatementFile, readStatements, type StatementFile } from './statement-file.ts'

/** What somebody beside a process sees of its folder, whether or not the process runs. */
export interface SuspensionFolder {
  /** What is suspended, by the statements that the process has taken. */
  readonly inForce: readonly Suspension[]
  /** The statements that wait to be taken. Nobody has verified them. */
  readonly waiting: readonly SuspensionStatement[]
  /** The highest `seq` of each signer, of both. */
  readonly seqs: ReadonlyMap<string, number>
}

/**
 * Reads a process's folder of suspensions. A folder that does not exist has none.
 * @throws {Error} if what it keeps is damaged.
 */
export async function readSuspensionFolder(folder: string): Promise<SuspensionFolder> {
  const { statements, seqs: kept } = await readStatements(join(folder, 'statements.jsonl'))
  const state = restoreSuspensions(statements, kept)
  const waiting = (await readInbox(folder)).flatMap((read) => ('text' in read ? readForm(read.text) : []))
  const seqs = new Map(state.seqs)
  for (const { claims } of waiting) seqs.set(claims.iss, Math.max(claims.seq, seqs.get(claims.iss) ?? 0))
  return { inForce: indexSuspensions(state).list, waiting, seqs }
}

function readForm(text: string): readonly SuspensionStatement[] {
  try {
    return [readSuspension(text)]
  } catch (error) {
    if (error instanceof SuspensionInvalidError) return []
    throw error
  }
}

/** Where to remember how far it came, and how an act's entry is written. */
interface NoteOptions {
  readonly folder: string
  readonly note?: (act: SuspensionAct) => Promise<void>
  readonly log: Pick<Logger, 'error'>
}

/** Makes the act of a statement, for the entry of the audit log. */
function toAct({ statement }: CountedStatement): SuspensionAct {
  return { action: statement.claims.action, ...describeSuspension(statement) }
}

/**
 * Writes the entries of acts into the audit log, in their order, and remembers how far it came.
 * @param kept the statements of the folder. Those that have no entry yet get one.
 */
async function openEntries({ folder, note, log }: NoteOptions, kept: readonly CountedStatement[]) {
  const path = join(folder, 'noted')
  const noted = Number(await readFile(path, 'utf8').catch(() => '0'))
  const waiting = kept
    .filter(({ position }) => position > noted)
    .map((counted) => ({ act: toAct(counted), position: counted.position }))
  // An entry that is written is not written again because this file cannot be.
  let remembered = noted
  let written = noted
  const remember = async (): Promise<void> => {
    if (remembered === written) return
    await replaceFile(path, String(written))
    remembered = written
  }
  let hasFailed = false
  let writing: Promise<void> = Promise.resolve()
  const writeAll = async (): Promise<void> => {
    try {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        await note?.(next.act)
        waiting.shift()
        written = next.position
        await remember()
      }
      await remember()
      hasFailed = false
    } catch (err) {
      if (!hasFailed) log.error({ err }, 'the entry of a suspension cannot be written; the next try follows')
      hasFailed = true
    }
  }
  const write = (): Promise<void> => {
    writing = writing.then(writeAll)
    return writing
  }
  return {
    add(act: SuspensionAct, position: number) {
      waiting.push({ act, position })
      void write()
    },
    write,
  }
}

/**
 * The door of a process's folder: `istmo suspend` puts a statement into `inbox`, and the process takes it from there. What the process refuses
 * goes into `inbox/rejected`, with the reason, so that the command can say it.
 */

/** Returns the inbox of a process's folder. */
function inboxIn(folder: string): string {
  return join(folder, 'inbox')
}

/** The names of statements. */
const STATEMENT_NAME = /^(.+)\.jwt$/

/** How many files one look takes. */
const MAX_FILES = 200

/** A file of the inbox: its text, or why it cannot be a statement. */
type Delivered = { readonly name: string } & ({ readonly text: string } | { readonly fault: string })

/**
 * Puts a statement into a process's folder. Resolves when it is on the disk: from then on, the process counts it even if it is killed.
 * @returns the file's name, for {@link findRefusal} and {@link isWaiting}.
 */
export async function deliverSuspension(folder: string, text: string): Promise<string> {
  const { claims, hash } = readSuspension(text)
  const name = `${String(claims.seq).padStart(16, '0')}-${hash}.jwt`
  await writeNamed(inboxIn(folder), name, Buffer.from(text))
  return name
}

/** Lists what was delivered and not taken yet. */
async function readInbox(folder: string): Promise<readonly Delivered[]> {
  const inbox = inboxIn(folder)
  const { requests } = await listRequests(inbox, MAX_FILES, Date.now(), STATEMENT_NAME)
  const read = requests.map(async (request): Promise<readonly Delivered[]> => {
    const { name } = request
    try {
      // A file that somebody wrote by hand may end with a line break.
      const bytes = await readRequest(inbox, request, MAX_SUSPENSION_LENGTH + 1)
      return bytes === undefined ? [] : [{ name, text: Buffer.from(bytes).toString('utf8').trim() }]
    } catch (error) {
      return error instanceof RequestRejected ? [{ name, fault: error.message }] : []
    }
  })
  return (await Promise.all(read)).flat()
}

/** Removes a file of the inbox that was taken. */
async function removeDelivered(folder: string, name: string): Promise<void> {
  await rm(join(inboxIn(folder), name), { force: true })
}

/** Takes a file out of the inbox that was refused, and keeps the reason, one line. */
async function refuseDelivered(folder: string, name: string, reason: string): Promise<void> {
  await rejectRequest(inboxIn(folder), name, reason)
}

/** Returns why a delivered statement was refused; null if it was not, or not yet. */
export async function findRefusal(folder: string, name: string): Promise<string | null> {
  return (await readReason(inboxIn(folder), name)) ?? null
}

/** Whether a delivered statement still waits to be taken. */
export async function isWaiting(folder: string, name: string): Promise<boolean> {
  return stat(join(inboxIn(folder), name)).then(
    () => true,
    () => false,
  )
}

/** Somebody whose statements count. `isOwner`: the owner of the records, who also resumes what others suspended. */
export interface SuspensionSigner extends Suspender {
  readonly isOwner: boolean
}

/** Who may sign: a list, or a function that finds those with a name and a key, if their keys are fetched. */
export type Signers =
  | readonly SuspensionSigner[]
  | ((name: string, kid: string) => Promise<readonly SuspensionSigner[]>)

/** What happened to a statement. `NOT_SIGNED`: nobody who may do it signed it. `NOT_HERE`: it names what this process does not have. */
type Taken = { readonly verdict: SuspensionVerdict | 'NOT_SIGNED' | 'NOT_HERE'; readonly reason: string }

/** What {@link openSuspensions} works with. */
export interface SuspensionsOptions {
  /** The folder of one process. It is created if it does not exist. */
  readonly folder: string
  readonly signers: Signers
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /**
   * Whether people deliver statements into the folder. Default: yes. A folder below that of another list, which its process follows, has no
   * door and needs no lock.
   */
  readonly hasDoor?: boolean
  /** Returns milliseconds since 1970. Default: `Date.now`. It is only shown, and decides nothing. */
  readonly now?: () => number
  /**
   * Says why this process cannot do what a statement says, or null: a suspension of a field that nobody has would look like a stop and be none.
   * Default: it takes everything.
   */
  readonly reject?: (statement: SuspensionStatement) => string | null
  /**
   * Writes a statement into the record that is the truth, before it takes effect. If it rejects, the statement does not count, and the next look
   * tries it again. Default: the folder's own file is the truth.
   */
  readonly record?: (statement: SuspensionStatement) => Promise<void>
  /** What counts by that record. The folder's file is made again from it. */
  readonly recorded?: Pick<KeptStatements, 'statements' | 'seqs'>
  /**
   * Writes the entry of an act into an audit log. It is called again until it succeeds. An act has two entries only if the process ends between the
   * entry and the moment at which the folder has noted it.
   * Default: there is no audit log.
   */
  readonly note?: (act: SuspensionAct) => Promise<void>
}

/** What a process knows of suspensions. */
export interface Suspensions extends Pick<SuspensionIndex, 'find' | 'has'> {
  readonly find: (subject: SuspensionSubject) => Suspension | null
  readonly list: () => readonly Suspension[]
  /** Verifies and counts a statement. Resolves when it is on the disk and in effect, or refused. @throws {Error} if it cannot be written. */
  readonly take: (statement: string) => Promise<Taken>
  /** Returns the body of `GET /suspensions`: the statements after this position, as many as fit, and the time. */
  readonly feed: (after?: number) => string
  /** Calls back after each act that counts. Returns a function that ends it. */
  readonly onChange: (changed: () => void) => () => void
  /** From now on, these signers count. What others suspended stays suspended. */
  readonly replaceSigners: (signers: Signers) => void
  readonly close: () => Promise<void>
}

/** How often the process looks for files of `istmo suspend`, and tries again to write entries, in milliseconds. */
const LOOK_EVERY_MS = 250

/** How many lines that do not matter any more the file may have before it is written anew. */
const MAX_STALE_LINES = 200

const REASONS = {
  COUNTED: 'taken',
  KNOWN: 'it was taken before',
  OLD_SEQUENCE: 'its signer has signed a later statement: expected a higher «seq»',
  NOT_YOURS: 'only who suspended, or the owner of the records, resumes',
  FULL: `expected at most ${MAX_KEPT_SUSPENSIONS} suspensions at once; resume some`,
} as const satisfies Record<SuspensionVerdict, string>

/**
 * Opens the suspensions of a process: counts again what its folder keeps, then takes what is delivered there, within half a second.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {Error} if what it keeps is damaged.
 */
export async function openSuspensions(options: SuspensionsOptions): Promise<Suspensions> {
  const { folder, hasDoor = true } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = hasDoor ? await lockFolder(folder) : null
  try {
    if (hasDoor) await makeInbox(inboxIn(folder))
    const book = await openBook(options)
    await book.look()
    const timer = setInterval(() => void book.look(), LOOK_EVERY_MS).unref()
    return {
      ...book.shown,
      async close() {
        clearInterval(timer)
        await book.close()
        lock?.release()
      },
    }
  } catch (error) {
    lock?.release()
    throw error
  }
}

/** What changes while the process runs. */
interface Book {
  state: SuspensionState
  index: SuspensionIndex
  signers: Signers
  /** The highest position. */
  last: number
  /** How many statements the file has. */
  lines: number
}

async function openBook(options: SuspensionsOptions) {
  const { folder, log, now = Date.now, record } = options
  const { kept, file } = await openKept(options)
  const state = restoreSuspensions(kept.statements, kept.seqs)
  const { last, id } = kept
  const book: Book = {
    state,
    index: indexSuspensions(state),
    signers: options.signers,
    last,
    lines: kept.statements.length,
  }
  const entries = await openEntries(options, kept.statements)
  const listeners = new Set<() => void>()
  const count = async (text: string): Promise<Taken> => {
    const judged = await judge(text, book, options)
    if (judged.next === undefined) return judged
    const { counted, next, verdict, reason } = judged
    await record?.(counted.statement)
    await file.append(counted)
    Object.assign(book, { state: next, index: indexSuspensions(next), last: counted.position, lines: book.lines + 1 })
    const act = toAct(counted)
    log.warn(act, act.action === 'suspend' ? 'suspended' : 'resumed')
    for (const changed of listeners) changed()
    entries.add(act, counted.position)
    if (book.lines > next.kept.size + MAX_STALE_LINES) {
      await file.rewrite({ id, last: book.last, seqs: next.seqs, statements: [...next.kept.values()] })
      book.lines = next.kept.size
    }
    return { verdict, reason }
  }
  const inOrder = createQueue()
  const take = (text: string): Promise<Taken> => inOrder(() => count(text))
  const lookInOrder = createQueue()
  return {
    async look() {
      if (options.hasDoor !== false) await lookInOrder(() => takeDelivered(folder, take, log))
      // Nobody waits for it: an audit log that hangs must not keep a suspension from taking effect.
      void entries.write()
    },
    shown: {
      ...showBook(book, (after) => ({ after, last: book.last, id, nowMs: now() })),
      take,
      onChange(changed: () => void) {
        listeners.add(changed)
        return () => void listeners.delete(changed)
      },
    },
    close: () =>
      lookInOrder(async () => {
        await inOrder(async () => undefined)
        await entries.write()
        await file.close()
      }),
  }
}

/** Opens the folder's file, and makes it again if something else is the truth. */
async function openKept({
  folder,
  recorded,
}: SuspensionsOptions): Promise<{ readonly kept: KeptStatements; readonly file: StatementFile }> {
  const { kept: found, file } = await openStatementFile(join(folder, 'statements.jsonl'))
  if (recorded === undefined) return { kept: found, file }
  const kept = { ...recorded, id: found.id, last: recorded.statements.at(-1)?.position ?? 0 }
  await file.rewrite(kept)
  return { kept, file }
}

function showBook(book: Book, feedState: (after: number) => FeedState) {
  return {
    find: (subject: SuspensionSubject) => book.index.find(subject),
    has: (kind: Suspension['kind']) => book.index.has(kind),
    list: () => book.index.list,
    feed: (after = 0) => formatFeed([...book.state.kept.values()], feedState(after)),
    replaceSigners(signers: Signers) {
      book.signers = signers
    },
  }
}

/** Makes a function that does one piece of work after the other: a statement counts against all that were counted before. */
function createQueue(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}

type Judged =
  | (Taken & { readonly next?: undefined })
  | (Taken & { readonly next: SuspensionState; readonly counted: CountedStatement })

/** Decides whether a statement counts. */
async function judge(text: string, book: Book, { reject }: SuspensionsOptions): Promise<Judged> {
  const verified = await verifyStatement(text, book.signers)
  if (verified instanceof SuspensionInvalidError) return { verdict: 'NOT_SIGNED', reason: verified.message }
  const { statement, isOwner } = verified
  const why = reject?.(statement) ?? null
  if (why !== null) return { verdict: 'NOT_HERE', reason: why }
  const counted = { statement, isOwner, position: book.last + 1 }
  const { state: next, verdict } = countStatement(book.state, counted)
  const taken = { verdict, reason: REASONS[verdict] }
  return verdict === 'COUNTED' ? { ...taken, next, counted } : taken
}

async function verifyStatement(
  text: string,
  signers: Signers,
): Promise<{ readonly statement: SuspensionStatement; readonly isOwner: boolean } | SuspensionInvalidError> {
  try {
    const { claims, kid } = readSuspension(text)
    const found = typeof signers === 'function' ? await signers(claims.iss, kid) : signers
    const statement = await verifySuspension(text, found)
    return { statement, isOwner: found.some(({ name, isOwner }) => isOwner && name === claims.iss) }
  } catch (error) {
    if (error instanceof SuspensionInvalidError) return error
    throw error
  }
}

/** Takes what the command delivered, in the order of the signers' numbers, which the names of the files have. */
async function takeDelivered(
  folder: string,
  take: (text: string) => Promise<Taken>,
  log: SuspensionsOptions['log'],
): Promise<void> {
  for (const { name, ...read } of await readInbox(folder)) {
    try {
      const taken: Taken = 'text' in read ? await take(read.text) : { verdict: 'NOT_SIGNED', reason: read.fault }
      if (taken.verdict === 'COUNTED' || taken.verdict === 'KNOWN') await removeDelivered(folder, name)
      else {
        log.error({ file: name, ...taken }, 'a suspension was refused')
        await refuseDelivered(folder, name, `${taken.verdict}: ${taken.reason}`)
      }
    } catch (err) {
      // It stays in the inbox, and the next look tries again.
      log.error({ file: name, err }, 'a suspension cannot be written down, so it is not in effect yet')
    }
  }
}
