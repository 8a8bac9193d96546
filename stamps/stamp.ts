import { hash, randomBytes, type X509Certificate } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { formatCheckpoint } from '../audit/note/checkpoint.ts'
import { chainReaders, type LogReader, readParsed } from '../audit/reader/log-reader.ts'
import { describePrunings } from '../audit/verify/prunings.ts'
import { type Answer, type AuditIo, defineAudit } from '../auditors/command.ts'
import { findLogFolder, openShardReaders, readPolicies } from '../auditors/inputs.ts'
import { POLICY_OPTION } from '../auditors/options.ts'
import { type EntryOf, parseEntry } from '../contract/audit-log/entry.ts'
import { appendEntry } from '../service/audit-log/own-log.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { matching, NEEDED, NEEDED_LIST, TEXT } from '../service/command-texts.ts'
import { replaceFile } from '../service/replace-file.ts'
import { askAuthority, listStampSizes, readCertificate, readStamp, stampPath, stampsFolder } from './read-stamps.ts'
import { makeStampQuery, StampError, verifyStamp } from './time-stamp.ts'

const SPEC = {
  options: {
    log: NEEDED,
    ...POLICY_OPTION,
    certificate: { flag: 'tsa-certificate', ...NEEDED_LIST },
    url: { flag: 'tsa', ...matching((text) => /^https?:\/\//.test(text) && URL.canParse(text)) },
    key: TEXT,
  },
} as const

type StampLine = CommandLine<typeof SPEC>

/**
 * `istmo audit stamp`: time stamps of checkpoints by an authority that is neither operator nor witness (RFC 3161). A stamp says that the tree of
 * this size existed at that time.
 */
export const stampCommand = defineAudit('stamp', SPEC, async (line, io) => {
  const trusted = await Promise.all(line.certificate.map(readCertificate))
  const shards = await openStampedShards(line)
  return line.url === undefined ? checkStamps(shards, trusted) : addStamp(line, line.url, shards, trusted, io)
})

/** A shard of the log, with the folder whose folder `stamps` has its stamps. A log that is not divided has one. */
interface StampedShard {
  readonly folder: string
  readonly reader: LogReader
}

/** Opens the shards, oldest first. Each is a tree with checkpoints of its own, and a stamp is of one checkpoint. */
async function openStampedShards({ log, policy, development }: StampLine): Promise<readonly StampedShard[]> {
  const folder = await findLogFolder(log)
  const readers = await openShardReaders(log, await readPolicies(policy, development))
  return readers.map((reader) => ({ folder: readers.length === 1 ? folder : reader.source.name, reader }))
}

/** Has the checkpoint of the newest shard stamped. It stands for the whole log, because each shard names the root of the one before it. */
async function addStamp(
  { key, log }: StampLine,
  url: string,
  shards: readonly StampedShard[],
  trusted: readonly X509Certificate[],
  io: AuditIo,
): Promise<Answer> {
  if (key === undefined) throw new TypeError('--tsa: expected --key, because the stamp becomes an entry')
  const { folder, reader } = newestOf(shards)
  const { size } = reader.head.checkpoint
  const checkpoint = formatCheckpoint(reader.head.checkpoint)
  const digest = hash('sha256', checkpoint, 'buffer')
  const nonce = randomBytes(8)
  const token = await askAuthority(url, makeStampQuery(digest, nonce))
  const { stampedAt, serial, authority } = verifyStamp(token, digest, trusted, nonce)
  await mkdir(stampsFolder(folder), { recursive: true, mode: 0o700 })
  await replaceFile(stampPath(folder, size), token)
  const members = {
    kind: 'time-stamp' as const,
    size,
    checkpoint: digest.toString('hex'),
    token: hash('sha256', token),
    authority,
    stampedAt,
    serial,
  }
  await appendEntry({ log, key }, { members }, io)
  const text = `${size} entries of ${reader.log.name} stamped by ${authority}, ${stampedAt}`
  return { verdict: 'HOLDS', text, json: { size, stampedAt, serial, authority } }
}

/**
 * Checks each stamp of a log against the tree: the root of that size must be what was stamped. Each stamp that an entry of the log names must be there: whoever
 * deletes one, or puts a later one in its place, would take away how old the log can be shown to be.
 */
async function checkStamps(shards: readonly StampedShard[], trusted: readonly X509Certificate[]): Promise<Answer> {
  const stamps = (await Promise.all(shards.map(listStamps))).flat()
  const entered = await readStampEntries(chainReaders(shards.map(({ reader }) => reader)))
  if (stamps.length === 0 && entered.length === 0)
    throw new Error(`expected stamps in ${stampsFolder(newestOf(shards).folder)}; came none`)
  const lines: string[] = []
  const wrong: string[] = []
  for (const { shard, size } of stamps) {
    const what = describeSize(size, shard, shards)
    const checked = await checkStamp(shard, size, trusted)
    const [target, line] =
      checked instanceof StampError ? [wrong, `${what}: ${checked.message}`] : [lines, `${what} ${checked}`]
    target.push(line)
  }
  wrong.push(...(await findMissing(shards, entered)))
  const pruned = shards.flatMap(({ reader }) => describePrunings(reader.prunings))
  const notes = pruned.length === 0 ? [] : [`Note: ${pruned.join('; ')}: stamps that they named cannot be missed.`]
  const end = wrong.length === 0 ? `HOLDS: all ${lines.length} stamps.` : 'DOES NOT HOLD.'
  const text = [...lines, ...wrong, ...notes, end].join('\n')
  return { verdict: wrong.length === 0 ? 'HOLDS' : 'FAILS', text, json: { stamps: lines, findings: wrong } }
}

interface StampEntry {
  readonly index: number
  readonly entry: EntryOf<'time-stamp'>
}

/** Reads what the log says of its own stamps. */
async function readStampEntries(reader: LogReader): Promise<readonly StampEntry[]> {
  const found: StampEntry[] = []
  // `verify` names entries that cannot be read.
  for await (const read of readParsed(reader, parseEntry)) {
    if ('entry' in read && read.entry.kind === 'time-stamp') found.push({ index: read.index, entry: read.entry })
  }
  return found
}

/** Says which stamps of the entries are not in the folder. A second stamp of the same checkpoint has replaced the first one, so the last one counts. */
async function findMissing(
  shards: readonly StampedShard[],
  entered: readonly StampEntry[],
): Promise<readonly string[]> {
  const byCheckpoint = new Map(entered.map((each) => [each.entry.checkpoint, each]))
  const checked = [...byCheckpoint.values()].map(async ({ index, entry }) => {
    const { size, token, stampedAt, authority } = entry
    const shard = await findStamped(shards, entry)
    const bytes = await readStamp(shard.folder, size).catch(toOther)
    if (bytes !== undefined && hash('sha256', bytes) === token) return []
    const came = bytes === undefined ? 'none' : 'another one'
    const what = describeSize(size, shard, shards)
    return [`${what}: expected the stamp of ${authority}, ${stampedAt}, that entry ${index} names; came ${came}`]
  })
  return (await Promise.all(checked)).flat()
}

/** Finds the shard whose checkpoint was stamped: an entry has only its size and its hash. Of a checkpoint of no shard, it is the newest one. */
async function findStamped(
  shards: readonly StampedShard[],
  { size, checkpoint }: EntryOf<'time-stamp'>,
): Promise<StampedShard> {
  for (const shard of shards) {
    const isLargeEnough = size <= shard.reader.head.checkpoint.size
    if (isLargeEnough && hash('sha256', await checkpointOf(shard, size)) === checkpoint) return shard
  }
  return newestOf(shards)
}

function newestOf(shards: readonly StampedShard[]): StampedShard {
  const newest = shards.at(-1)
  if (newest === undefined) throw new Error('expected a log; came none')
  return newest
}

/** Formats the checkpoint that a shard had with so many entries. */
async function checkpointOf({ reader }: StampedShard, size: number): Promise<string> {
  return formatCheckpoint({ origin: reader.log.name, size, root: await reader.root(size) })
}

function describeSize(size: number, { reader }: StampedShard, shards: readonly StampedShard[]): string {
  return shards.length === 1 ? `${size} entries` : `${size} entries of ${reader.log.name}`
}

async function checkStamp(
  shard: StampedShard,
  size: number,
  trusted: readonly X509Certificate[],
): Promise<string | StampError> {
  const { size: most } = shard.reader.head.checkpoint
  if (size > most) return new StampError(`the log has only ${most} entries`)
  const checkpoint = await checkpointOf(shard, size)
  try {
    const token = await readStamp(shard.folder, size)
    if (token === undefined) return new StampError('expected its file; came none')
    const { authority, stampedAt } = verifyStamp(token, hash('sha256', checkpoint, 'buffer'), trusted)
    return `stamped by ${authority}, ${stampedAt}`
  } catch (error) {
    if (error instanceof StampError) return error
    throw error
  }
}

/** Takes a file that is longer than a stamp for another stamp than the one that the log names: the check of the stamps says what is wrong with it. */
function toOther(error: unknown): Uint8Array {
  if (error instanceof StampError) return new Uint8Array()
  throw error
}

/** Lists the stamps of a shard, by the sizes of their checkpoints. */
async function listStamps(shard: StampedShard) {
  return (await listStampSizes(shard.folder)).map((size) => ({ shard, size }))
}
