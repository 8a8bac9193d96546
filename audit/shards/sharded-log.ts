import { join } from 'node:path'
import { canonicalBytes } from '../log/canonical.ts'
import type { Log, Receipt } from '../log/log.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { periodIn, shardOrigin, shardSigner } from '../note/shard-name.ts'
import { readEntries } from '../verify/read-entries.ts'
import { folderSource } from '../verify/source.ts'
import { endOfShard, periodAt, type Sharding } from './period.ts'
import { listPlaces, placeOf, type ShardPlace } from './places.ts'
import { createProver, type Prover } from './prove-ended.ts'
import { buildShardEnd, buildShardStart, type NewEntry, readShardEntry } from './shard-entries.ts'

/**
 * A log that is divided by time into shards, under one name and one key (docs/design/audit-log.md, Shards). It is used like one log: `append`
 * goes to the present shard, and ends it first if its period is over. All other methods are about the present shard.
 *
 * The end of a shard is one step after another, and the disk always says which was the last: the old shard has its entry `shard-end`; the
 * new shard exists; it has its entry `shard-start`. Opening the log goes on from there, so a crash needs no other repair than that.
 *
 * Appends that began before the end are in the old shard, in front of `shard-end`. Appends after it wait, and are in the new one, behind
 * `shard-start`. All appends of one turn of the event loop are in the same shard, so a request is never divided.
 */
export interface ShardedLogOptions {
  /** The folder that has the shards: `log` and `shards/<period>`. */
  readonly home: string
  /** The key. Its name is the log's name, which is the origin of the first shard. */
  readonly signer: NoteSigner
  readonly sharding: Sharding
  /** Opens or creates one shard. */
  readonly open: (folder: string, signer: NoteSigner) => Promise<Log>
  /** Returns the first members of a new entry. */
  readonly newEntry: () => NewEntry
  /** Returns milliseconds since 1970. */
  readonly now: () => number
}

/** The shard that takes entries. */
interface Present {
  readonly log: Log
  readonly place: ShardPlace
  /** When it must end, in milliseconds since 1970. */
  readonly endsAtMs: number
}

/**
 * Opens the present shard of a log, and creates the first one if there is none. Ends it if its period is over. Rejects as `open` does, and with
 * an Error if the shards on the disk do not follow one another.
 */
export async function openShardedLog(options: ShardedLogOptions): Promise<Log> {
  const { now } = options
  let present = await openPresent(options)
  let switching: Promise<void> | undefined
  /** Whether the old shard was closed, and the new one could not be opened yet. */
  let isBetween = false
  let hasLooked = false

  const switchShard = async (): Promise<void> => {
    if (!isBetween) {
      await end(present, options)
      isBetween = true
      await prover.idle()
      // If it cannot be published now, opening it publishes it.
      await present.log.close().catch(() => undefined)
    }
    present = await openPresent(options)
    isBetween = false
  }

  const beginSwitch = (): void => {
    switching ??= switchShard().finally(() => {
      switching = undefined
    })
    // Each append that waits for it gets its error.
    switching.catch(() => undefined)
  }

  /** Looks at the clock once in each turn of the event loop. */
  const look = (): void => {
    if (hasLooked) return
    hasLooked = true
    queueMicrotask(() => {
      hasLooked = false
    })
    if (isBetween || now() >= present.endsAtMs) beginSwitch()
  }

  /** Appends to the present shard, and to the next one if the present one is ending. */
  const inPresent = <Value>(work: (shard: Present) => Promise<Value>): Promise<Value> => {
    look()
    return switching === undefined ? work(present) : switching.then(() => work(present))
  }

  const prover = createProver({
    isOpen: (log) => present.log === log && !isBetween,
    settled: async () => switching?.catch(() => undefined),
  })
  const close = async (): Promise<void> => {
    await switching?.catch(() => undefined)
    if (!isBetween) await present.log.close()
  }

  if (now() >= present.endsAtMs) await switchShard()
  return delegate(() => present.log, { ...createAppends(inPresent, prover, options.home), close })
}

function createAppends(
  inPresent: <Value>(work: (shard: Present) => Promise<Value>) => Promise<Value>,
  prover: Prover,
  home: string,
): Pick<Log, 'append' | 'appendTexts'> {
  const withProof = (receipt: Receipt, { log, place }: Present): Receipt =>
    prover.withProof(receipt, log, join(home, place.path))
  return {
    append: (entry, salts) => inPresent(async (shard) => withProof(await shard.log.append(entry, salts), shard)),
    appendTexts: (texts, salts) =>
      inPresent(async (shard) => {
        const { bytes, receipt } = await shard.log.appendTexts(texts, salts)
        return { bytes, receipt: (at) => withProof(receipt(at), shard) }
      }),
  }
}

function delegate(present: () => Log, own: Pick<Log, 'append' | 'appendTexts' | 'close'>): Log {
  const { repairs } = present()
  return {
    repairs,
    get origin() {
      return present().origin
    },
    get rotations() {
      return present().rotations
    },
    size: () => present().size(),
    latest: () => present().latest(),
    published: () => present().published(),
    openCheckpoint: (note) => present().openCheckpoint(note),
    root: (size) => present().root(size),
    inclusion: (index, size) => present().inclusion(index, size),
    consistency: (from, to) => present().consistency(from, to),
    publish: () => present().publish(),
    addCosignatures: (note, signatures) => present().addCosignatures(note, signatures),
    ...own,
  }
}

/** Ends a shard: appends the entry that names the next one. */
async function end({ log, endsAtMs }: Present, { signer, sharding, now, newEntry }: ShardedLogOptions): Promise<void> {
  if (sharding === 'none') throw new TypeError('expected a log with a calendar of shards')
  // A clock that was set back must not name a period that is over.
  const next = shardOrigin(signer.verifier.name, periodAt(Math.max(now(), endsAtMs), sharding))
  await log.append(canonicalBytes(buildShardEnd(newEntry(), log.origin, next)))
}

/** Opens the newest shard. Goes on where a crash interrupted the end of a shard. */
async function openPresent(options: ShardedLogOptions): Promise<Present> {
  const places = await listPlaces(options.home)
  const newest = places.at(-1) ?? placeOf(null)
  const before = places.at(-2)
  const opened = await openPlace(newest, options)
  if (opened.log.size() === 0 && newest.period !== null) {
    if (before === undefined || (await readNext(before, options)) !== opened.log.origin) return rejectOrphan(opened)
    return start(opened, before, options)
  }
  const last = await readLast(opened, options)
  const entry = last && readShardEntry(last)
  if (entry?.kind !== 'shard-end') return limit(opened, readTimeMs(last), options)
  await opened.log.close()
  const period = periodIn(entry.next, options.signer.verifier.name)
  if (typeof period !== 'string' || (newest.period !== null && period <= newest.period)) {
    throw new Error(`the shard ${entry.origin} ends with a later shard of the same log; it names ${entry.next}`)
  }
  return start(await openPlace(placeOf(period), options), newest, options)
}

type Opened = Omit<Present, 'endsAtMs'>

async function openPlace(place: ShardPlace, { home, signer, open }: ShardedLogOptions): Promise<Opened> {
  return { place, log: await open(join(home, place.path), shardSigner(signer, place.period)) }
}

async function rejectOrphan({ log, place }: Opened): Promise<never> {
  await log.close()
  throw new Error(
    `${place.path}: expected a shard that the last entry of the shard before it names; came an empty folder`,
  )
}

/** Reads which shard follows one that is not open. Undefined if it has not ended. */
async function readNext({ path }: ShardPlace, { home }: ShardedLogOptions): Promise<string | undefined> {
  const source = folderSource(join(home, path))
  const note = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
  const { size } = parseCheckpoint(parseNote(note).text)
  for await (const { bytes } of readEntries(source, size, Math.max(0, size - 1))) {
    const entry = readShardEntry(bytes)
    return entry?.kind === 'shard-end' ? entry.next : undefined
  }
  return undefined
}

/** Appends the first entry of a shard, which names the final checkpoint of the one before. */
async function start(opened: Opened, before: ShardPlace, options: ShardedLogOptions): Promise<Present> {
  try {
    const bytes = await folderSource(join(options.home, before.path)).read('checkpoint')
    const checkpoint = Buffer.from(bytes ?? '').toString('utf8')
    if (opened.log.size() === 0) {
      await opened.log.append(canonicalBytes(buildShardStart(options.newEntry(), opened.log.origin, checkpoint)))
    }
    return limit(opened, options.now(), options)
  } catch (error) {
    await opened.log.close()
    throw error
  }
}

function limit(opened: Opened, sinceMs: number | undefined, { sharding, now }: ShardedLogOptions): Present {
  return { ...opened, endsAtMs: endOfShard(opened.place.period, sinceMs ?? now(), sharding) }
}

/** Reads the last entry of a shard that is open. Undefined if it has none. */
async function readLast({ log, place }: Opened, { home }: ShardedLogOptions): Promise<Uint8Array | undefined> {
  const size = log.size()
  if (size === 0) return undefined
  // A reader of the folder sees only what is published.
  await log.publish()
  for await (const { bytes } of readEntries(folderSource(join(home, place.path)), size, size - 1)) return bytes
  return undefined
}

function readTimeMs(entry: Uint8Array | undefined): number | undefined {
  try {
    const { time } = Object(JSON.parse(Buffer.from(entry ?? '').toString('utf8'))) as { time?: unknown }
    const timeMs = Date.parse(String(time))
    return Number.isNaN(timeMs) ? undefined : timeMs
  } catch {
    return undefined
  }
}
