import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { parseSignerFile } from '../../audit/note/key.ts'
import { findPresentShard } from '../../audit/shards/places.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { AuditIo } from './command.ts'
import { readText } from './inputs.ts'

/** Writes the entries of the commands themselves, because each reading of an audit log is itself an entry. */

/**
 * Opens the log in a folder, appends one entry, and closes the log. Rejects if another process has the log open.
 * @param make returns the entry for the origin of the log.
 */
export async function appendOne(folder: string, keyFile: string, make: (origin: string) => Entry): Promise<void> {
  const log = await openLog(await findPresentShard(folder, parseSignerFile(await readText(keyFile))))
  try {
    await log.append(canonicalBytes(make(log.origin)))
  } finally {
    await log.close()
  }
}

/** The options that name the reader's own log. */
export const OWN_LOG_OPTIONS = {
  ownLog: {
    flag: 'own-log',
    value: 'folder',
    isRequired: true,
    expected: 'the path of a folder',
    meaning: 'your own log, in which this reading becomes an entry; created if it does not exist',
  },
  ownKey: {
    flag: 'own-key',
    value: 'file',
    isRequired: true,
    expected: 'the path of a file',
    meaning: 'the signer key of your own log',
  },
} as const

/** Writes to the reader's own log how many entries the reader reads, before they are shown. */
export function noteReading(
  { ownLog, ownKey }: { readonly ownLog: string; readonly ownKey: string },
  reading: Pick<EntryOf<'oversight'>, 'channel' | 'country' | 'entries'>,
  { now }: Pick<AuditIo, 'now'>,
): Promise<void> {
  return appendOne(ownLog, ownKey, (gateway) => ({
    ...{ v: 1, kind: 'oversight', id: createUuidV7(now()), time: new Date(now()).toISOString(), gateway },
    ...{ actor: null, grounds: null, operation: null, ...reading },
  }))
}
