import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { parseSignerKey } from '../../audit/note/key.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { AuditIo } from './command.ts'
import { logFolder, readText } from './inputs.ts'

/** Writes entries of the commands themselves: reading the record is in the record. */

/** Appends one entry to a log on a folder, and closes it again; `make` is told the log's origin. Rejects where another has it open. */
export async function appendOne(folder: string, keyFile: string, make: (origin: string) => Entry): Promise<void> {
  const signer = parseSignerKey((await readText(keyFile)).trim())
  const log = await openLog({ folder: await logFolder(folder).catch(() => folder), signer })
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
    meaning: 'your own log, which gets an entry of this; made where there is none',
  },
  ownKey: {
    flag: 'own-key',
    value: 'file',
    isRequired: true,
    expected: 'the path of a file',
    meaning: 'the signer key of your own log',
  },
} as const

/** Writes into the reader's own log that it read so many entries, before they are shown. */
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
