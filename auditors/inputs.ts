/** Opens the logs and trust policies that the arguments of the commands name. */
import { hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finding, LogDamagedError } from '../audit/finding.ts'
import { extractNotes } from '../audit/gossip/known-checkpoints.ts'
import { exists } from '../audit/if-there.ts'
import { formatBase64 } from '../audit/note/base64.ts'
import { readUncheckedCheckpoint } from '../audit/note/checkpoint.ts'
import { describeUnsafeQuorum, type Policy, parsePolicy, withNewestKey } from '../audit/note/policy.ts'
import { type KeyRotation, parseRotation } from '../audit/note/rotation.ts'
import { findTrustedName } from '../audit/note/shard-name.ts'
import { type ChainedReader, chainReaders, type LogReader, openLogReader } from '../audit/reader/log-reader.ts'
import { checkShardLinks, type VerifiedShard } from '../audit/shards/check-links.ts'
import { listPlaces, listWorkerHomes, openShards } from '../audit/shards/places.ts'
import type { FoundNote } from '../audit/verify/read-log.ts'
import { type LogSource, urlSource } from '../audit/verify/source.ts'
import { describeFileError } from '../service/describe-error.ts'
import { createTrustedFetch } from '../service/http/trusted-fetch.ts'
import { readLines, withoutMark } from '../service/read-lines.ts'

/**
 * Opens all shards of a log, oldest first: at a URL, in a folder, or in the folders `log` and `shards` below it. Rejects if the folder does not
 * exist, so that a typing error does not look like a lost log.
 */
export async function openSources(place: string): Promise<readonly LogSource[]> {
  if (!/^https?:\/\//.test(place)) await findLogFolder(place)
  return openShards(place)
}

/**
 * Lists the places of the logs in the home of a gateway's audit log: its own, if it has one, and those of its workers. Any other place is that of one log.
 */
export async function listLogs(place: string): Promise<readonly string[]> {
  const workers = /^https?:/.test(place) ? [] : await listWorkerHomes(place)
  if (workers.length === 0) return [place]
  return [...((await listPlaces(place)).length > 0 ? [place] : []), ...workers]
}

/** Finds the folder with the checkpoint of an audit log: the folder itself, or `log` below it. */
export async function findLogFolder(place: string): Promise<string> {
  const stats = await stat(place).catch(() => undefined)
  if (!stats?.isDirectory()) throw new Error(`${place}: expected the folder of a log or its http(s) URL; came neither`)
  if ((await listPlaces(place)).length === 0 && (await listWorkerHomes(place)).length > 0) {
    throw new Error(`${place}: expected one log; came those of several workers. Name one of them: ${place}/workers/1`)
  }
  const below = join(place, 'log')
  const isBelow = (await exists(join(below, 'checkpoint'))) && !(await exists(join(place, 'checkpoint')))
  return isBelow ? below : place
}

/** Reads the proofs of rotations. Rejects with the name of the file and the cause. */
export function readRotationFiles(paths: readonly string[]): Promise<readonly KeyRotation[]> {
  return Promise.all(paths.map((path) => parseFile(path, parseRotation)))
}

/**
 * Opens the log of `--log` under the trust policies of `--policy`. The shards of a divided log are joined: the index of an entry counts over all
 * of them ({@link chainReaders}).
 */
export async function openLogOption(line: {
  readonly log: string
  readonly policy: readonly string[]
  readonly development?: boolean
}): Promise<ChainedReader> {
  return openReader(line.log, await readPolicies(line.policy, line.development))
}

/** Opens a log under the first trust policy that names it, as {@link openLogOption} does. */
export async function openReader(place: string, policies: readonly Policy[]): Promise<ChainedReader> {
  return chainReaders(await openShardReaders(place, policies))
}

/**
 * Opens each shard of a log under the first trust policy that names the log, oldest first. A log that is not divided has one. A place with a
 * checkpoint is one shard, which the reader asked for.
 * @throws {LogDamagedError} if the shards of a home do not follow one another: each of them holds by itself also if another one was taken away.
 */
export async function openShardReaders(place: string, policies: readonly Policy[]): Promise<readonly LogReader[]> {
  const { readers, findings } = await openLinked(place, policies)
  if (findings.length === 0) return readers
  // The log may have begun its next shard between the list of the shards and the reading.
  const again = await openLinked(place, policies)
  if (again.findings.length > 0) throw new LogDamagedError(again.findings)
  return again.readers
}

interface LinkedReaders {
  readonly readers: readonly LogReader[]
  /** What is wrong with the links between the shards. */
  readonly findings: readonly Finding[]
}

async function openLinked(place: string, policies: readonly Policy[]): Promise<LinkedReaders> {
  const readers: LogReader[] = []
  const shards: VerifiedShard[] = []
  let newest: Policy | undefined
  for (const source of await openSources(place)) {
    const origin = readUncheckedCheckpoint((await source.read('checkpoint')) ?? '')?.origin ?? ''
    const matching = policies.find((policy) => findTrustedName(origin, policy) !== undefined)
    const policy = newest ?? matching ?? policies[0]
    if (policy === undefined) throw new Error('expected a trust policy; came nothing')
    const reader = await openLogReader(source, policy)
    // The next shard is signed with the newest key.
    newest = withNewestKey(policy, reader.rotations)
    readers.push(reader)
    const { root, size } = reader.head.checkpoint
    const { isPruned } = reader.prunings
    shards.push({ source, origin: reader.log.name, size, root: formatBase64(root), policy, isPruned })
  }
  const policy = shards[0]?.policy
  if (policy === undefined || (await isOneShard(place))) return { readers, findings: [] }
  return { readers, findings: await checkShardLinks(shards, policy) }
}

/** Whether a place is the folder or the URL of a shard, or of a log that is not divided, and not the home of a log. */
async function isOneShard(place: string): Promise<boolean> {
  if (/^https?:\/\//.test(place)) return (await urlSource(place).read('checkpoint')) !== undefined
  return exists(join(place, 'checkpoint'))
}

/** Reads the files of trust policies. Rejects for the same causes as {@link readPolicy}. */
export function readPolicies(paths: readonly string[], isDevelopment = false): Promise<readonly Policy[]> {
  return Promise.all(paths.map((path) => readPolicy(path, isDevelopment)))
}

/**
 * Reads the file of a trust policy (C2SP tlog-policy). Rejects with the name of the file and the cause, also if one captured witness
 * breaks the trust policy: then what it accepts proves nothing.
 * @param isDevelopment accepts such a trust policy
 */
export async function readPolicy(path: string, isDevelopment = false): Promise<Policy> {
  return (await readPolicyFile(path, isDevelopment)).policy
}

/** A trust policy, and the SHA-256 of its file in hexadecimal digits, as `sha256sum` prints it. */
export interface PolicyFile {
  readonly path: string
  readonly sha256: string
  readonly policy: Policy
}

/** Reads the file of a trust policy as {@link readPolicy} does, and says which one it is. */
export async function readPolicyFile(path: string, isDevelopment = false): Promise<PolicyFile> {
  const text = await readText(path)
  const policy = parseText(path, text, parsePolicy)
  const unsafe = isDevelopment ? undefined : describeUnsafeQuorum(policy)
  if (unsafe !== undefined) throw new Error(`${path}: ${unsafe}. For made-up records, give --development`)
  return { path, sha256: hash('sha256', text), policy }
}

/** Reads a file as text and parses it. Rejects with the name of the file and the cause. */
export async function parseFile<Value>(path: string, parse: (text: string) => Value): Promise<Value> {
  return parseText(path, await readText(path), parse)
}

function parseText<Value>(path: string, text: string, parse: (text: string) => Value): Value {
  try {
    return parse(text)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}

/** The longest file that is read as text, in bytes: a little less than a string can hold. A path may lead to a device that never ends. */
const MAX_TEXT_BYTES = 500 * 1024 * 1024

/** Reads a file as text; a pipe is one too. Rejects with a message for people, also if it is longer than 500 MiB. */
export async function readText(path: string): Promise<string> {
  return (await readBytes(path)).toString('utf8')
}

/** Reads a file; a pipe is one too. Rejects with a message for people, also if it is longer than `most` bytes. */
export async function readBytes(path: string, most = MAX_TEXT_BYTES): Promise<Buffer> {
  const bytes = await collectBounded(createReadStream(path) as AsyncIterable<Buffer>, most).catch((error: unknown) => {
    throw new Error(`${path}: cannot be read: ${describeFileError(error)}`)
  })
  if (bytes === undefined) throw new Error(`${path}: expected at most ${most} bytes; came more`)
  return bytes
}

/** Reads a checkpoint that somebody saved: a file with the note, or with a receipt, which ends with its checkpoint. */
export async function readEarlierCheckpoint(path: string): Promise<FoundNote> {
  const text = await readText(path)
  const isProof = text.startsWith('c2sp.org/tlog-proof@v1\n')
  return { note: isProof ? text.slice(text.indexOf('\n\n') + 2) : text, where: path }
}

/** How long a place of known checkpoints may take to answer, in milliseconds, and how long its answer may be, in bytes. */
const KNOWN_TIMEOUT_MS = 10_000
const MAX_KNOWN_BYTES = 16 * 1024 * 1024

/** Reads the checkpoints that somebody else knows, from a file or a URL. Rejects if there is none in it. */
export async function readKnown(place: string): Promise<readonly FoundNote[]> {
  const notes = extractNotes(/^https?:\/\//.test(place) ? await fetchText(place) : await readText(place))
  if (notes.length === 0) throw new Error(`${place}: expected a checkpoint, or JSON with checkpoints; came none`)
  return notes.map((note) => ({ note, where: place }))
}

async function fetchText(url: string): Promise<string> {
  const response = await createTrustedFetch()(url, { signal: AbortSignal.timeout(KNOWN_TIMEOUT_MS) })
  if (response.status !== 200) throw new Error(`${url}: expected status 200; came ${response.status}`)
  const bytes = response.body === null ? Buffer.alloc(0) : await collectBounded(response.body, MAX_KNOWN_BYTES)
  if (bytes === undefined) throw new Error(`${url}: expected at most ${MAX_KNOWN_BYTES} bytes; came more`)
  return bytes.toString('utf8')
}

/**
 * Reads a stream of bytes to its end, but not more than `most` bytes of it: a path may lead to a device that never ends, and a server may send for ever.
 * Rejects if the stream cannot be read.
 * @returns undefined if more came.
 */
export async function collectBounded(parts: AsyncIterable<Uint8Array>, most: number): Promise<Buffer | undefined> {
  const collected: Uint8Array[] = []
  let length = 0
  for await (const part of parts) {
    length += part.length
    if (length > most) return undefined
    collected.push(part)
  }
  return Buffer.concat(collected)
}

/** Whether a file is an export: JSON lines, perhaps behind a byte order mark. Rejects if it cannot be read. */
export async function isExport(path: string): Promise<boolean> {
  const file = await open(path).catch((error: unknown) => {
    throw new Error(`${path}: cannot be read: ${describeFileError(error)}`)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4)
    return withoutMark(buffer.toString('utf8', 0, bytesRead)).startsWith('{')
  } finally {
    await file.close()
  }
}

/** Yields the lines of an export without their ends, and without a byte order mark. Rejects if the file cannot be read. */
export function readExportLines(path: string): AsyncGenerator<string> {
  return readLines(createReadStream(path, 'utf8'))
}

/**
 * Lists the files with exports that a place names: a file itself, or the files `*.jsonl` in a folder that is not that of a log, in the order of their
 * names. Resolves to an empty list for anything else.
 */
export async function listExportFiles(place: string): Promise<readonly string[]> {
  const stats = /^https?:\/\//.test(place) ? undefined : await stat(place).catch(() => undefined)
  if (stats?.isFile()) return [place]
  if (!stats?.isDirectory()) return []
  const names = await readdir(place)
  const isLog = names.includes('checkpoint') || (await listPlaces(place)).length > 0
  if (isLog || (await listWorkerHomes(place)).length > 0) return []
  return names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(place, name))
}
