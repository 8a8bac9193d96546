/**
 * The names of a log's shards. A log that is divided by time has one name and one key, and each of its shards is a tree of its own. The origin of
 * the first shard is the name; that of another one is the name, a slash and its period, such as `istmo.example/gateway/2026-12`.
 */
import { type NoteSigner, type NoteVerifier, renameVerifier } from './key.ts'
import { followRotations, type KeyPeriod, type KeyRotation } from './rotation.ts'

/** A period: a year, or a year and a month. As texts, periods of one kind sort like their times. */
const PERIOD = /^\d{4}(?:-(?:0[1-9]|1[0-2]))?$/

/** Formats the origin of a shard. `period` is null for the first shard. */
export function shardOrigin(name: string, period: string | null): string {
  return period === null ? name : `${name}/${period}`
}

/** Returns the period in the origin of a shard of the log `name`; null for its first shard. Undefined if it is not a shard of this log. */
export function periodIn(origin: string, name: string): string | null | undefined {
  if (origin === name) return null
  const period = origin.slice(name.length + 1)
  return origin.startsWith(`${name}/`) && isPeriod(period) ? period : undefined
}

/** The number of a worker: the logs of a gateway with several workers (docs/decisions/0077-several-workers.md). No period has so few digits. */
const WORKER = /^[1-9]\d?$/

/** Returns the name of the log of a worker. All workers of a gateway have one key, and each has a log of its own. */
export function workerLogName(name: string, worker: number): string {
  return `${name}/${worker}`
}

/** Returns whose log a name is, if it ends like that of a worker: the gateway's name and the worker's number. Undefined if it does not. */
export function workerOf(name: string): { readonly gateway: string; readonly number: number } | undefined {
  const at = name.lastIndexOf('/')
  const worker = name.slice(at + 1)
  return at > 0 && WORKER.test(worker) ? { gateway: name.slice(0, at), number: Number(worker) } : undefined
}

/**
 * Returns the name of the log that an origin is a shard of, among the log `name` and the logs of its workers, which have the same key. Undefined if it
 * is none of them.
 */
export function logIn(origin: string, name: string): string | undefined {
  if (periodIn(origin, name) !== undefined) return name
  if (!origin.startsWith(`${name}/`)) return undefined
  const [worker = ''] = origin.slice(name.length + 1).split('/')
  const log = `${name}/${worker}`
  return WORKER.test(worker) && periodIn(origin, log) !== undefined ? log : undefined
}

/** Returns the signer of a worker's log: the same key under the log's name. */
export function workerSigner(signer: NoteSigner, worker: number): NoteSigner {
  return renameSigner(signer, workerLogName(signer.verifier.name, worker))
}

/** Returns the same key under the name of the log that an origin is a shard of. An origin of another log changes nothing. */
export function signerOfLog(signer: NoteSigner, origin: string): NoteSigner {
  const log = logIn(origin, signer.verifier.name)
  return log === undefined || log === signer.verifier.name ? signer : renameSigner(signer, log)
}

/** Returns the same keys under another name. */
export function renameSigner(signer: NoteSigner, name: string): NoteSigner {
  const { next, previous } = signer
  return {
    ...signer,
    verifier: renameVerifier(signer.verifier, name),
    ...(next !== undefined && { next: renameSigner(next, name) }),
    ...(previous !== undefined && { previous: renameSigner(previous, name) }),
  }
}

/** Checks whether a text is a period of a shard. */
export function isPeriod(text: string): boolean {
  return PERIOD.test(text)
}

/** Returns the signer of a shard: it has the same key under the shard's origin. */
export function shardSigner(signer: NoteSigner, period: string | null): NoteSigner {
  return period === null ? signer : renameSigner(signer, shardOrigin(signer.verifier.name, period))
}

/**
 * Returns the name of the log to which an origin belongs, among those of a trust policy and their workers' logs. An unknown origin is its own name.
 */
export function nameOfLog(origin: string, policy: NamedLogs): string {
  const trusted = findTrustedName(origin, policy)
  return (trusted === undefined ? undefined : logIn(origin, trusted)) ?? origin
}

/** Logs by the names of their keys, as a trust policy has them. */
interface NamedLogs {
  readonly logs: readonly { readonly verifier: Pick<NoteVerifier, 'name'>; readonly isShard?: true }[]
}

/** Returns the name under which a trust policy has the log of an origin: the longest, if several fit. Undefined if it does not name that log. */
export function findTrustedName(origin: string, { logs }: NamedLogs): string | undefined {
  const named = logs.flatMap(({ verifier, isShard = false }) => (isShard ? [] : verifier.name))
  const names = named.filter((name) => logIn(origin, name) !== undefined)
  return names.reduce<string | undefined>((best, name) => (name.length > (best?.length ?? -1) ? name : best), undefined)
}

/**
 * Returns which key may sign which trees of a shard, for a reader who trusts keys of the log's name and has proofs of rotations. A shard begins
 * with the newest key of the shards before it, so a key that was replaced in one of them cannot sign a later one.
 * @param trusted keys of the log, under its name
 * @param rotations rotations in any of its shards, in any order
 * @param origin the origin of the shard. For an origin of no shard of this log there are no keys
 * @throws {NoteError} if the rotations do not lead to the trusted keys.
 */
export function shardKeys(
  trusted: readonly NoteVerifier[],
  rotations: readonly KeyRotation[],
  origin: string,
): readonly KeyPeriod[] {
  const name = trusted[0]?.name ?? ''
  const log = logIn(origin, name)
  if (log === undefined) return []
  const ofLog = (wanted: string) => rotations.filter(({ oldKey }) => logIn(oldKey.name, name) === wanted)
  // The log of a worker begins with the newest key of the log of its gateway.
  const earlier = log === name ? [] : ofLog(name)
  const byShard = Map.groupBy([...earlier, ...ofLog(log)], ({ oldKey }) => oldKey.name)
  const before = [...namesOf(earlier), ...namesOf(ofLog(log)).filter((each) => each < origin)]
  let current: readonly NoteVerifier[] = trusted
  for (const shard of before) {
    // Throws if they do not follow from a key that is trusted by now. Otherwise, anybody could make a rotation to a key of their own.
    followRotations(rename(current, shard), inOrder(byShard.get(shard)))
    current = inOrder(byShard.get(shard))
      .slice(-1)
      .map(({ newKey }) => newKey)
  }
  return followRotations(rename(current, origin), inOrder(byShard.get(origin)))
}

/** Lists the shards in which these rotations are, oldest first. */
function namesOf(rotations: readonly KeyRotation[]): readonly string[] {
  return [...new Set(rotations.map(({ oldKey }) => oldKey.name))].sort()
}

function rename(keys: readonly NoteVerifier[], origin: string): readonly NoteVerifier[] {
  return keys.map((key) => (key.name === origin ? key : renameVerifier(key, origin)))
}

function inOrder(rotations: readonly KeyRotation[] = []): readonly KeyRotation[] {
  return rotations.toSorted((one, other) => one.index - other.index)
}
