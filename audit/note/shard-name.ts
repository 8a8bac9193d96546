import { type NoteSigner, type NoteVerifier, renameVerifier } from './key.ts'

/**
 * The names of a log's shards. A log that is divided by time has one name and one key, and each of its shards is a tree of its own. The origin of
 * the first shard is the name; that of another one is the name, a slash and its period, such as `istmo.example/gateway/2026-12`.
 */

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

/** Checks whether a text is a period of a shard. */
export function isPeriod(text: string): boolean {
  return PERIOD.test(text)
}

/** Returns the verifier of a shard: it has the same public key under the shard's origin. */
export function shardVerifier(log: NoteVerifier, period: string | null): NoteVerifier {
  return period === null ? log : renameVerifier(log, shardOrigin(log.name, period))
}

/** Returns the signer of a shard, in the same way. */
export function shardSigner(signer: NoteSigner, period: string | null): NoteSigner {
  const { next } = signer
  return {
    ...signer,
    verifier: shardVerifier(signer.verifier, period),
    ...(next !== undefined && { next: { ...next, verifier: shardVerifier(next.verifier, period) } }),
  }
}

/** Returns the name of the log to which an origin belongs, among those of a trust policy. An unknown origin is its own name. */
export function nameOfLog(
  origin: string,
  { logs }: { readonly logs: readonly { readonly verifier: Pick<NoteVerifier, 'name'> }[] },
): string {
  const log = logs.find(({ verifier }) => periodIn(origin, verifier.name) !== undefined)
  return log?.verifier.name ?? origin
}
