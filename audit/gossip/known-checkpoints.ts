/**
 * The latest checkpoint that somebody knows of each audit log. Gateways, countries and auditors show them to each other. A log that shows
 * one history to some and another to others is found by whoever holds two checkpoints that contradict each other.
 */
import { hash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFolderStorage } from '../log/folder-storage.ts'
import { isSameHash } from '../merkle/hash.ts'
import { parseCheckpoint, readUncheckedCheckpoint } from '../note/checkpoint.ts'
import { formatNote, parseNote } from '../note/note.ts'
import { type KeyPeriod, openLogCheckpoint } from '../note/rotation.ts'

/** The file of the latest checkpoints, below the folder. */
export const KNOWN_FILE = 'known-checkpoints.json'

/** The folder of the evidence, below the folder. */
const SPLITS = 'split-views'

/** How often a change is written to the disk, in milliseconds. */
const WRITE_EVERY_MS = 1_000

/** The most logs that are remembered. */
const MAX_LOGS = 256

/** The latest checkpoint of one log: a note without cosignatures. */
export interface KnownCheckpoint {
  readonly origin: string
  readonly size: number
  readonly note: string
}

/** Two checkpoints of one size with different roots. The log signed both. */
export interface FoundSplit {
  readonly origin: string
  readonly size: number
  readonly here: { readonly note: string; readonly where: string }
  readonly elsewhere: { readonly note: string; readonly where: string }
}

/** The memory of checkpoints. */
export type KnownCheckpoints = Awaited<ReturnType<typeof openKnownCheckpoints>>

/** The options of {@link openKnownCheckpoints}. */
interface KnownCheckpointsOptions {
  /** The folder of the memory; created if it does not exist. Null: the memory ends with the process. */
  readonly folder: string | null
  /** Returns whether the log of this origin signed the checkpoint; false if the log is not known ({@link isSignedWith}). */
  readonly isSigned: (origin: string, note: string) => boolean
  /** Called for each split view, once. The evidence is written to the folder, too. */
  readonly onSplit?: (split: FoundSplit) => void
  /** Called if the memory cannot be written. The next try follows. */
  readonly onError?: (error: unknown) => void
}

/** Opens the memory. A damaged file counts as an empty one: it is rebuilt from what others show. */
export async function openKnownCheckpoints(options: KnownCheckpointsOptions) {
  const { folder, onError } = options
  if (folder !== null) await mkdir(folder, { recursive: true })
  const storage = folder === null ? null : await createFolderStorage(folder)
  const memory = createMemory(options)
  for (const { note } of folder === null ? [] : await readKnownCheckpoints(folder)) memory.take(note, KNOWN_FILE)

  let written = JSON.stringify({ checkpoints: memory.list() })
  const write = async (): Promise<void> => {
    const splits = memory.takeUnwritten()
    const text = JSON.stringify({ checkpoints: memory.list() })
    if (storage === null || (text === written && splits.length === 0)) return
    const evidence = splits.map((split) => {
      return { path: evidencePath(split), bytes: Buffer.from(`${JSON.stringify(split)}\n`) }
    })
    await storage.write([{ path: KNOWN_FILE, bytes: Buffer.from(text) }, ...evidence]).catch((error: unknown) => {
      memory.putBack(splits)
      throw error
    })
    written = text
  }
  const stop = repeat(write, (error) => onError?.(error))
  return {
    /**
     * Takes in a checkpoint, and verifies its signature if it says something new. Ignores one of an unknown log, or with a wrong signature.
     * @param where who showed it, for the evidence
     */
    take: memory.take,
    /** Returns the latest checkpoint of each log. */
    list: memory.list,
    /** Returns how many split views were found since the start. */
    splits: memory.splits,
    /** Writes what is not on the disk yet. Rejects with the disk's error. */
    async close() {
      await stop()
      await write()
      await storage?.close()
    },
  }
}

/** Owns what is known, and the split views that are not written yet. */
function createMemory({ isSigned, onSplit }: KnownCheckpointsOptions) {
  const known = new Map<string, KnownCheckpoint>()
  const told = new Set<string>()
  let unwritten: readonly FoundSplit[] = []

  const noteSplit = (split: FoundSplit): void => {
    const name = evidencePath(split)
    if (told.has(name)) return
    told.add(name)
    unwritten = [...unwritten, split]
    onSplit?.(split)
  }
  const take = (given: string, where: string): void => {
    const note = stripCosignatures(given)
    const head = note && readUncheckedCheckpoint(note)
    if (note === undefined || !head) return
    const { origin, size } = head
    const before = known.get(origin)
    if (before?.note === note || (before === undefined && known.size >= MAX_LOGS)) return
    if (before !== undefined && size < before.size) return
    if (!isSigned(origin, note)) return
    if (before?.size !== size) {
      known.set(origin, { origin, size, note })
      return
    }
    const root = readUncheckedCheckpoint(before.note)?.root
    if (root !== undefined && isSameHash(root, head.root)) return
    noteSplit({ origin, size, here: { note: before.note, where: KNOWN_FILE }, elsewhere: { note, where } })
  }
  return {
    take,
    list: () => [...known.values()],
    splits: () => told.size,
    takeUnwritten: () => {
      const splits = unwritten
      unwritten = []
      return splits
    },
    putBack: (splits: readonly FoundSplit[]) => {
      unwritten = [...splits, ...unwritten]
    },
  }
}

/** Runs work every {@link WRITE_EVERY_MS}. Returns the function that ends this, and waits for the work under way. */
function repeat(work: () => Promise<void>, onError: (error: unknown) => void): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(work).catch(onError)
  }, WRITE_EVERY_MS).unref()
  return () => {
    clearInterval(timer)
    return running
  }
}

function evidencePath({ origin, size }: FoundSplit): string {
  return `${SPLITS}/${hash('sha256', origin).slice(0, 8)}-${size}.json`
}

/** Reads the latest checkpoints that the process of this folder knew. Resolves to an empty list without a file, or if it is damaged. */
export async function readKnownCheckpoints(folder: string): Promise<readonly KnownCheckpoint[]> {
  try {
    const { checkpoints } = JSON.parse(await readFile(join(folder, KNOWN_FILE), 'utf8')) as { checkpoints?: unknown }
    return Array.isArray(checkpoints) ? checkpoints.filter(isKnownCheckpoint) : []
  } catch {
    return []
  }
}

function isKnownCheckpoint(value: unknown): value is KnownCheckpoint {
  const { origin, size, note } = Object(value) as Partial<Record<keyof KnownCheckpoint, unknown>>
  return typeof origin === 'string' && typeof size === 'number' && typeof note === 'string'
}

/** Removes the signatures of others than the log from a checkpoint. Returns undefined if it is not a checkpoint. */
function stripCosignatures(note: string): string | undefined {
  try {
    const { text, signatures } = parseNote(note)
    const { origin } = parseCheckpoint(text)
    const own = signatures.filter(({ name }) => name === origin)
    return own.length === 0 ? undefined : formatNote({ text, signatures: own })
  } catch {
    return undefined
  }
}

/** Returns whether the key that was in force signed a checkpoint. An empty list of keys signed none. */
export function isSignedWith(note: string, keys: readonly KeyPeriod[]): boolean {
  if (keys.length === 0) return false
  try {
    openLogCheckpoint(note, keys)
    return true
  } catch {
    return false
  }
}

/**
 * Finds the checkpoints in a text that somebody gives: a checkpoint, a proof (C2SP tlog-proof), an answer of `/status`, a file of known
 * checkpoints, the lines of an export, or the evidence of a split view. Nothing is verified here.
 */

/** The first line of a C2SP tlog-proof. */
const PROOF_MARK = 'c2sp.org/tlog-proof@v1\n'

/** How deep a JSON value is searched. */
const MAX_DEPTH = 8

/** Returns the notes in a text, each once. The list is empty if there is none. */
export function extractNotes(text: string): readonly string[] {
  const found = new Set<string>()
  const take = (value: unknown, depth = 0): void => {
    if (typeof value === 'string') {
      const note = readNoteText(value)
      if (note !== undefined) found.add(note)
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      for (const each of Object.values(value)) take(each, depth + 1)
    }
  }
  for (const value of parseJsonOrLines(text)) take(value)
  return [...found]
}

function parseJsonOrLines(text: string): readonly unknown[] {
  if (!/^\s*[{[]/.test(text)) return [text]
  try {
    return [JSON.parse(text)]
  } catch {
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as unknown]
      } catch {
        return []
      }
    })
  }
}

/** Returns the note in a text: the text itself, or the checkpoint at the end of a proof. */
function readNoteText(text: string): string | undefined {
  const note = text.startsWith(PROOF_MARK) ? text.slice(text.indexOf('\n\n') + 2) : text
  return /^[^\n]+\n\d+\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*\n— /.test(note) ? note : undefined
}
