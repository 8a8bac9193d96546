import { join } from 'node:path'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { canonicalBytes } from '../log/canonical.ts'
import type { Log, Receipt } from '../log/log.ts'
import { rotateLogKey } from '../log/rotate-key.ts'
import type { NoteSigner } from '../note/key.ts'
import { periodIn, renameSigner, shardOrigin, shardSigner } from '../note/shard-name.ts'
import { readEntries } from '../verify/read-log.ts'
import { folderSource } from '../verify/source.ts'
import { chooseKeyInForce, createProver, hasSameKey, type Prover } from './check-links.ts'
import { endOfShard, periodAt, type Sharding } from './period.ts'
import { listPlaces, placeOf, readNext, readTimeMs, type ShardPlace } from './places.ts'
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

/** A log with shards that is open. */
export interface ShardedLog extends Log {
  /**
   * Goes on with the keys of a key file that was read again. If a rotation is begun in it, the key is replaced now. Entries wait meanwhile, and all are
   * in the log. After a failure, the log goes on with the key that the disk says is in force.
   * @param makeEntry returns the bytes of the rotation's entry
   * @returns whether anything changed.
   * @throws {KeyNotInForceError} if the key in force is not among these keys. Then nothing changes.
   */
  readonly takeKeys: (signer: NoteSigner, makeEntry: MakeRotationEntry) => Promise<boolean>
}

/** The shard that takes entries. */
interface Present {
  readonly log: Log
  readonly place: ShardPlace
  /** When it must end, in milliseconds since 1970. */
  readonly endsAtMs: number
}

/** What is open, and with which keys. */
interface Current {
  present: Present
  /** The key in force, with the one that replaces it or that it replaced, if the key file has both. */
  signer: NoteSigner
  /** Whether the log was closed, and the next one could not be opened yet. */
  isBetween: boolean
  /** The change that is under way. Appends wait for it. */
  switching: Promise<void> | undefined
}

/**
 * Opens the present shard of a log, and creates the first one if there is none. Ends it if its period is over. Rejects as `open` does, and with
 * an Error if the shards on the disk do not follow one another.
 */
export async function openShardedLog(options: ShardedLogOptions): Promise<ShardedLog> {
  const { now, home } = options
  const signer = await chooseKeyInForce(home, options.signer)
  const present = await openPresent({ ...options, signer })
  const current: Current = { present, signer, isBetween: false, switching: undefined }
  const prover = createProver({
    isOpen: (log) => current.present.log === log && !current.isBetween,
    settled: async () => current.switching?.catch(() => undefined),
  })
  const changes = createChanges(current, options, prover)
  let hasLooked = false

  /** Looks at the clock once in each turn of the event loop. */
  const look = (): void => {
    if (hasLooked) return
    hasLooked = true
    queueMicrotask(() => {
      hasLooked = false
    })
    if (current.isBetween || now() >= current.present.endsAtMs) void changes.begin(changes.switchShard)
  }

  /** Appends to the present shard, and to the next one if the present one is ending. */
  const inPresent = <Value>(work: (shard: Present) => Promise<Value>): Promise<Value> => {
    look()
    const { switching } = current
    return switching === undefined ? work(current.present) : switching.then(() => work(current.present))
  }

  const close = async (): Promise<void> => {
    await current.switching?.catch(() => undefined)
    if (!current.isBetween) await current.present.log.close()
  }

  const takeKeys: ShardedLog['takeKeys'] = async (given, makeEntry) => {
    while (current.switching !== undefined) await current.switching.catch(() => undefined)
    const wanted = await chooseKeyInForce(home, renameSigner(given, current.signer.verifier.name))
    requireKeyInForce(wanted, current.signer)
    // A rotation that was begun and not done is done now.
    if (wanted.next === undefined && hasSameKeys(wanted, current.signer)) return false
    await changes.begin(() => changes.replaceKeys(wanted, makeEntry))
    return true
  }

  if (now() >= present.endsAtMs) await changes.switchShard()
  return delegate(() => current.present.log, { ...createAppends(inPresent, prover, home), close, takeKeys })
}

/** Creates the changes that close the open log, and open another one or the same with other keys. */
function createChanges(current: Current, options: ShardedLogOptions, prover: Prover) {
  const { home } = options

  const closePresent = async (): Promise<void> => {
    current.isBetween = true
    await prover.idle()
    // If it cannot be published now, opening it publishes it.
    await current.present.log.close().catch(() => undefined)
  }

  const openNext = async (): Promise<void> => {
    current.present = await onceFree(() => openPresent({ ...options, signer: current.signer }))
    current.isBetween = false
  }

  const switchShard = async (): Promise<void> => {
    if (!current.isBetween) {
      await end(current.present, options)
      await closePresent()
    }
    await openNext()
  }

  const replaceKeys = async (wanted: NoteSigner, makeEntry: MakeRotationEntry): Promise<void> => {
    const { path, period } = current.present.place
    if (!current.isBetween) await closePresent()
    // Also after a rotation that failed, the disk says which of these keys is in force.
    current.signer = wanted
    try {
      await rotateIfBegun(join(home, path), shardSigner(wanted, period), makeEntry)
    } finally {
      current.signer = await chooseKeyInForce(home, wanted)
      await openNext()
    }
  }

  const begin = (work: () => Promise<void>): Promise<void> => {
    current.switching ??= work().finally(() => {
      current.switching = undefined
    })
    // Each append that waits for it gets its error.
    current.switching.catch(() => undefined)
    return current.switching
  }

  return { switchShard, replaceKeys, begin }
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

function delegate(
  present: () => Log,
  own: Pick<ShardedLog, 'append' | 'appendTexts' | 'close' | 'takeKeys'>,
): ShardedLog {
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
    if (before === undefined || (await readNext(before, options.home)) !== opened.log.origin)
      return rejectOrphan(opened)
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

/** The replacement of a log's key by the process that writes the log (docs/decisions/0089-a-key-is-replaced-while-its-log-is-written.md). */

/** Returns the bytes of a rotation's entry. `oldKey` and `newKey` are verifier keys under `origin`, the origin of the shard. */
export type MakeRotationEntry = (keys: {
  readonly origin: string
  readonly oldKey: string
  readonly newKey: string
}) => Uint8Array

/** The file of the key does not hold the key that signs the log now. */
export class KeyNotInForceError extends Error {
  override readonly name = 'KeyNotInForceError'
}

/**
 * Checks that the log can be written with these keys.
 * @throws {KeyNotInForceError} if the key in force is not among them.
 */
function requireKeyInForce(wanted: NoteSigner, { verifier: inForce }: NoteSigner): void {
  if (hasSameKey(wanted.verifier, inForce)) return
  throw new KeyNotInForceError(
    `expected a key file with the key in force, ${inForce.vkey}; it has ${wanted.verifier.vkey}`,
  )
}

/** Checks whether two signers have the same keys, in the same places. */
function hasSameKeys(one: NoteSigner, other: NoteSigner): boolean {
  const keysOf = ({ verifier, next, previous }: NoteSigner) =>
    [verifier, next?.verifier, previous?.verifier].map((each) => Buffer.from(each?.publicKey ?? []).toString('hex'))
  return keysOf(one).join() === keysOf(other).join()
}

/** How long the folder of a log that was closed a moment ago may be in the hands of a command, in milliseconds. It writes one entry. */
const FOLDER_PATIENCE_MS = 10_000

/** Does the work, as soon as no command has the folder that this process closed a moment ago. */
async function onceFree<Value>(work: () => Promise<Value>): Promise<Value> {
  const until = performance.now() + FOLDER_PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof FolderInUseError) || performance.now() > until) throw error
    }
  }
}

/** Replaces the key of a log that is closed, if its key file has a next one. Rejects as `rotateLogKey` does. */
async function rotateIfBegun(folder: string, signer: NoteSigner, makeEntry: MakeRotationEntry): Promise<void> {
  const { next, verifier } = signer
  if (next === undefined) return
  const keys = { origin: verifier.name, oldKey: verifier.vkey, newKey: next.verifier.vkey }
  await onceFree(() => rotateLogKey(folder, { ...signer, next }, () => makeEntry(keys)))
}
