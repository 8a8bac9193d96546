import { join } from 'node:path'
import { createKeeper } from '../../audit/content-store/content-store.ts'
import { createUuidV7, uuidV7Time } from '../../contract/uuid-v7.ts'
import { MAX_REQUEST_AGE_MS } from '../../service/audit-log/inbox.ts'
import { appendEntry, checkOwnLog, hasOwnEntry, type OwnLogPlace } from '../../service/audit-log/own-log.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { PendingEntry } from './sync-state.ts'

/**
 * Checks that the audit log will take the entry of a run, before the run changes rows.
 * @throws {UsageError} if the key is not that of the log, or the log cannot be written.
 */
export async function checkAuditLog(place: OwnLogPlace): Promise<void> {
  try {
    await checkOwnLog(place)
  } catch (cause) {
    throw new UsageError(`--audit-log-dir, --audit-log-key: ${(cause as Error).message}. No row was changed`, { cause })
  }
}

/**
 * Writes the entry that an earlier run left behind, unless the log has it. The process that owns the log takes no id that is older than seven days, so
 * such an entry gets another id.
 * @param keep stores the entry with its other id, before the log has it: so a run that is killed writes no third one.
 */
export async function notePending(
  place: OwnLogPlace,
  entry: PendingEntry,
  keep: (renewed: PendingEntry) => Promise<void>,
  now: () => number,
): Promise<void> {
  if (await hasOwnEntry(place, entry.id)) return
  const isOld = now() - (uuidV7Time(entry.id) ?? 0) > MAX_REQUEST_AGE_MS
  const due = isOld ? { ...entry, id: createUuidV7(now()) } : entry
  if (isOld) await keep(due)
  await noteSync(place, due, null, now)
}

/**
 * Writes an entry into the country's audit log, and stores the mapping beside it. The same entry is written only once, whenever the process was
 * killed. Rejects if the log does not take it.
 * @param document the text whose SHA-256 the entry has; null if only an earlier run knew it, which then stored it before.
 */
export async function noteSync(
  place: OwnLogPlace,
  { id, members }: PendingEntry,
  document: string | null,
  now: () => number,
): Promise<void> {
  if (document !== null) await (await createKeeper(join(place.log, 'kept')))(document)
  await appendEntry(place, { members: members as never }, { now, id })
}
