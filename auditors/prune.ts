import { hash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeeper } from '../audit/content-store/content-store.ts'
import { exists, ifThere } from '../audit/if-there.ts'
import { TILE_WIDTH, tilePath } from '../audit/merkle/tile.ts'
import type { LogReader } from '../audit/reader/log-reader.ts'
import { eraseSalt } from '../audit/salts/salts.ts'
import { SLOT_BYTES } from '../audit/salts/slot.ts'
import { listPlaces } from '../audit/shards/places.ts'
import { type Prunings, pruningPath } from '../audit/verify/prunings.ts'
import type { PlacedEntry } from '../audit/verify/read-log.ts'
import { readMoment } from '../contract/read-moment.ts'
import { isUuidV7 } from '../contract/uuid-v7.ts'
import { appendEntry } from '../service/audit-log/own-log.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { LIST, NEEDED, SWITCH, TEXT } from '../service/command-texts.ts'
import { createProgressBar } from '../service/progress-bar.ts'
import { replaceFile, syncFolder } from '../service/replace-file.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { findPerson } from './desk.ts'
import { findLogFolder, openLogOption, readText } from './inputs.ts'
import { BY_OPTION, ENTRY_ID, POLICY_OPTION } from './options.ts'
import { membersOf } from './readable-entries.ts'
import { say } from './words.ts'

/** How long the command waits for the process that owns the log to publish the entry, in milliseconds. */
const PUBLISH_PATIENCE_MS = 30_000

const PRUNE = {
  options: {
    log: NEEDED,
    ...POLICY_OPTION,
    key: NEEDED,
    before: { isRequired: true, parse: readMoment },
    hold: TEXT,
    ...BY_OPTION,
    approval: { ...LIST, ...ENTRY_ID },
    dryRun: SWITCH,
  },
} as const

type PruneLine = CommandLine<typeof PRUNE>

/** The folders of an audit log. */
interface Places {
  readonly log: string
  readonly salts: string
  readonly kept: string
}

/**
 * `istmo audit prune`: deletes the bundles of old entries, their salts, and the texts that no entry names any more (C2SP tlog-tiles, Pruning).
 * The hashes stay, so all proofs stay valid. The process that owns the log may run, because only complete bundles go.
 */
export const pruneCommand = defineAudit('prune', PRUNE, async (line, io) => {
  if (line.before > io.now()) throw new TypeError('--before: expected a time in the past; came one in the future')
  const log = await findLogFolder(line.log)
  await rejectShards(line.log, log)
  const places: Places = { log, salts: join(dirname(log), 'salts'), kept: join(dirname(log), 'kept') }
  const holdsText = line.hold === undefined ? null : await readText(line.hold)
  const holds = new Set(readHolds(holdsText ?? ''))
  const reader = await openLogOption(line)
  const texts = new Set(await listTexts(places.kept))
  const plan = await planPruning(reader, { beforeMs: line.before, holds, texts }, io)
  const missing = [...holds].filter((id) => !plan.heldIds.has(id))
  if (line.dryRun) return dryAnswer(line, plan, missing)
  if (isNew(plan, reader)) await writePruning(line, places, plan, holdsText, reader, io)
  return deleteAll(line, places, plan, missing)
})

/**
 * A log that is divided is not pruned: its entry would come behind the end of the first shard, and the next one would no longer continue it.
 * Throws a TypeError with its shards.
 */
async function rejectShards(place: string, log: string): Promise<void> {
  const above = dirname(log)
  for (const home of [place, basename(above) === 'shards' ? dirname(above) : above]) {
    const shards = await listPlaces(home)
    if (shards.length < 2) continue
    const came = `${shards.length} (${shards.map(({ path }) => path).join(', ')})`
    throw new TypeError(
      `--log: expected a log that is not divided into shards; came one with ${came}, which this version cannot prune. Nothing was changed`,
    )
  }
}

/** Reads the ids of legal holds. Throws a TypeError with the line that is not an id. */
function readHolds(text: string): readonly string[] {
  return text.split('\n').flatMap((line, at) => {
    const id = line.replace(/#.*/, '').trim()
    if (id === '') return []
    if (!isUuidV7(id)) throw new TypeError(`--hold: line ${at + 1}: expected an entry’s id, a UUIDv7`)
    return [id]
  })
}

/** Whether the plan lets a bundle go that no earlier pruning let go. Otherwise a run after a crash would write a second entry. */
function isNew({ minimumIndex, held }: PrunePlan, { prunings }: LogReader): boolean {
  const isHeld = (index: number) => held.some(({ from, until }) => index >= from && index < until)
  for (let index = 0; index < minimumIndex; index += 256) {
    if (!isHeld(index) && !prunings.isPruned(index / 256)) return true
  }
  return false
}

/** Writes the entry of the pruning, waits until it is published, and stores its proof beside the log. Nothing is deleted before. */
async function writePruning(
  line: PruneLine,
  places: Places,
  { minimumIndex, held }: PrunePlan,
  holdsText: string | null,
  reader: LogReader,
  io: AuditIo,
): Promise<void> {
  const holds = holdsText === null ? null : hash('sha256', holdsText)
  if (holdsText !== null) await (await createKeeper(places.kept))(holdsText)
  const { size, root } = reader.head.checkpoint
  const members = {
    kind: 'prune' as const,
    by: findPerson(line.by),
    before: new Date(line.before).toISOString(),
    minimumIndex,
    held,
    holds,
    size,
    root: Buffer.from(root).toString('hex'),
    ...(line.approval.length > 0 && { approvals: line.approval }),
  }
  const { index } = await appendEntry({ log: places.log, key: line.key }, { members }, io)
  const { proof } = await (await waitForEntry(line, index)).prove(index)
  await storeProof(places.log, reader.prunings.all.length, proof)
}

async function waitForEntry(line: PruneLine, index: number): Promise<LogReader> {
  for (const deadline = performance.now() + PUBLISH_PATIENCE_MS; performance.now() < deadline; await sleep(200)) {
    const reader = await openLogOption(line)
    if (reader.head.checkpoint.size > index) return reader
  }
  throw new Error(`expected the log to publish entry ${index}; it did not. Run the command again: nothing was deleted`)
}

async function storeProof(log: string, count: number, proof: string): Promise<void> {
  const path = join(log, pruningPath(count))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await replaceFile(path, proof)
  await syncFolder(log)
}

async function deleteAll(
  line: PruneLine,
  places: Places,
  plan: PrunePlan,
  missing: readonly string[],
): Promise<Answer> {
  const { prunings } = await openLogOption(line)
  const bundles = await deleteBundles(places.log, prunings)
  const salts = await deleteSalts(places.salts, line.before, plan.heldIds)
  const texts = await deleteTexts(places.kept, line.before, plan.named)
  const before = new Date(line.before).toISOString()
  const { minimumIndex, held } = plan
  const index = minimumIndex
  const except = held.length > 0 ? say('prune.except', { held: held.length }) : ''
  const text =
    index === 0 ? say('prune.nothing', { before }) : say('prune.gone', { index, except, bundles, salts, texts })
  return {
    verdict: 'HOLDS',
    text: [text, ...warnMissing(missing)].join('\n'),
    json: { minimumIndex, held, bundles, salts, texts, missing },
  }
}

function dryAnswer(line: PruneLine, { minimumIndex, held }: PrunePlan, missing: readonly string[]): Answer {
  const before = new Date(line.before).toISOString()
  const text = say('prune.dry', { before, index: minimumIndex, held: held.length })
  return {
    verdict: 'HOLDS',
    text: [text, ...warnMissing(missing)].join('\n'),
    json: { minimumIndex, held, missing, isDryRun: true },
  }
}

function warnMissing(missing: readonly string[]): readonly string[] {
  return missing.map((id) => say('prune.missing', { id }))
}

/** What a pruning will delete and keep. */
export interface PrunePlan {
  /** Bundles that end here or before go, except the held ones. A multiple of 256. */
  readonly minimumIndex: number
  /** The held entries below it, in ranges of complete bundles: `until` is not included. */
  readonly held: readonly { readonly from: number; readonly until: number }[]
  /** The held ids that the log has. */
  readonly heldIds: ReadonlySet<string>
  /** The texts of the content store that remaining entries name, or that are in force. */
  readonly named: ReadonlySet<string>
}

/** What must stay. */
export interface Kept {
  /** Entries younger than this stay, in milliseconds since 1970. */
  readonly beforeMs: number
  /** The ids of entries that stay with their bundles, because of a legal hold. */
  readonly holds: ReadonlySet<string>
  /** The texts of the content store. */
  readonly texts: ReadonlySet<string>
}

interface Bundle {
  isOld: boolean
  isHeld: boolean
  readonly names: Set<string>
}

/** The kinds of entries that say what is in force from then on, until the next one. */
const IN_FORCE: readonly unknown[] = ['graph', 'publication', 'node-start', 'node-rules']

/** Reads the whole log, and plans which bundles go. An entry's time decides, and one young entry keeps its bundle and all behind it. */
export async function planPruning(reader: LogReader, kept: Kept, io: Pick<AuditIo, 'err' | 'now'>): Promise<PrunePlan> {
  const bundles = new Map<number, Bundle>()
  const inForce = new Map<string, readonly string[]>()
  const heldIds = new Set<string>()
  const bar = createProgressBar(io.err, 'plan', io.now)
  for await (const placed of reader.entries()) {
    bar.report(placed.index, reader.head.checkpoint.size)
    const members = membersOf(placed.bytes)
    const at = Math.floor(placed.index / TILE_WIDTH)
    const bundle = bundles.get(at) ?? { isOld: true, isHeld: false, names: new Set() }
    bundles.set(at, bundle)
    if (!(Date.parse(String(members.time)) < kept.beforeMs)) bundle.isOld = false
    for (const id of [members.id, members.of, members.requestId].filter((each) => kept.holds.has(String(each)))) {
      bundle.isHeld = true
      heldIds.add(String(id))
    }
    const names = namesIn(placed, kept.texts)
    for (const name of names) bundle.names.add(name)
    if (IN_FORCE.includes(members.kind)) inForce.set(`${members.kind} ${members.country} ${members.domain}`, names)
  }
  bar.clear()
  const minimumIndex = findMinimum(bundles, reader)
  const isGoing = (at: number): boolean => (at + 1) * TILE_WIDTH <= minimumIndex && bundles.get(at)?.isHeld !== true
  const remaining = [...bundles].flatMap(([at, { names }]) => (isGoing(at) ? [] : [...names]))
  const held = [...bundles].filter(([at, { isHeld }]) => isHeld && (at + 1) * TILE_WIDTH <= minimumIndex)
  return {
    minimumIndex,
    held: joinRanges(held.map(([at]) => at)),
    heldIds,
    named: new Set([...remaining, ...[...inForce.values()].flat()]),
  }
}

/** Finds how far all bundles are complete and old. Bundles that were pruned before count as old. */
function findMinimum(bundles: ReadonlyMap<number, Bundle>, { head, prunings }: LogReader): number {
  const complete = Math.floor(head.checkpoint.size / TILE_WIDTH)
  for (let at = 0; at < complete; at++) {
    const bundle = bundles.get(at)
    if (bundle === undefined ? !prunings.isPruned(at) : !bundle.isOld) return at * TILE_WIDTH
  }
  return complete * TILE_WIDTH
}

function joinRanges(bundles: readonly number[]): PrunePlan['held'] {
  const ranges: { from: number; until: number }[] = []
  for (const at of [...bundles].sort((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last?.until === at * TILE_WIDTH) last.until += TILE_WIDTH
    else ranges.push({ from: at * TILE_WIDTH, until: (at + 1) * TILE_WIDTH })
  }
  return ranges
}

function namesIn({ bytes }: PlacedEntry, texts: ReadonlySet<string>): readonly string[] {
  const found =
    Buffer.from(bytes)
      .toString('latin1')
      .match(/(?<=")[0-9a-f]{64}(?=")/g) ?? []
  return found.filter((name) => texts.has(name))
}

/** Deletes what a pruning allows. Each step can be repeated after a crash. */

const HOUR_MS = 3_600_000

/**
 * Deletes the bundles that the prunings of a log allow to be missing.
 * @returns how many bundles it deleted.
 */
export async function deleteBundles(folder: string, { minimumIndex, isPruned }: Prunings): Promise<number> {
  let count = 0
  for (let index = 0; (index + 1) * TILE_WIDTH <= minimumIndex; index++) {
    if (!isPruned(index)) continue
    const path = join(folder, tilePath({ level: 'entries', index, width: TILE_WIDTH }))
    if (await exists(path)) count++
    await rm(path, { force: true })
    // Bundles of checkpoints when this one was not full yet.
    await rm(`${path}.p`, { recursive: true, force: true })
  }
  return count
}

/**
 * Erases the salts of a store whose hour was over before a time, except those of held entries.
 * @param folder the store, which may be open: nobody adds to the file of a past hour.
 * @returns how many salts it erased.
 */
export async function deleteSalts(folder: string, beforeMs: number, heldIds: ReadonlySet<string>): Promise<number> {
  let count = 0
  for (const name of (await ifThere(readdir(join(folder, 'hours')))) ?? []) {
    if (!/^\d+$/.test(name) || (Number(name) + 1) * HOUR_MS > beforeMs) continue
    const path = join(folder, 'hours', name)
    const ids = idsIn(await readFile(path))
    const going = ids.filter((id) => !heldIds.has(id))
    for (const id of going) if (await eraseSalt(folder, id)) count++
    // The salts are overwritten before the file goes, because a deleted file may stay on the disk for long.
    if (going.length === ids.length) await rm(path)
  }
  return count
}

function idsIn(file: Uint8Array): readonly string[] {
  const ids = new Set<string>()
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const hex = Buffer.from(file.subarray(from, from + 16)).toString('hex')
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    // Zeroes and torn slots are nobody's.
    if (/^.{14}7.{4}[89ab]/.test(id)) ids.add(id)
  }
  return [...ids]
}

/**
 * Deletes the texts of a content store that are older than a time and that nothing names: no remaining entry, and no text that stays.
 * @returns how many texts it deleted.
 */
export async function deleteTexts(folder: string, beforeMs: number, named: ReadonlySet<string>): Promise<number> {
  const names = await listTexts(folder)
  const staying = new Set<string>()
  const young = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs >= beforeMs))
  const waiting = names.filter((name, at) => named.has(name) || young[at])
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (staying.has(name)) continue
    staying.add(name)
    const text = await readFile(join(folder, name), 'latin1')
    for (const found of text.match(/\b[0-9a-f]{64}\b/g) ?? []) if (names.includes(found)) waiting.push(found)
  }
  const going = names.filter((name) => !staying.has(name))
  for (const name of going) await rm(join(folder, name))
  return going.length
}

/** Lists the texts of a content store: files whose name is a SHA-256. */
export async function listTexts(folder: string): Promise<readonly string[]> {
  return ((await ifThere(readdir(folder))) ?? []).filter((name) => /^[0-9a-f]{64}$/.test(name))
}
