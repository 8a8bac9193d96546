import type { Command } from 'commander'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { parseSignerKey } from '../../audit/note/key.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { type AuditIo, type AuditRequest, textOption } from './command.ts'
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

/** Adds the options that name the reader's own log. */
export function ownLogOptions(command: Command): Command {
  return command
    .requiredOption('--own-log <folder>', 'your own log, which gets an entry of this; made where there is none')
    .requiredOption('--own-key <file>', 'the signer key of your own log')
}

/** Writes into the reader's own log that it read so many entries, before they are shown. */
export function noteReading(
  request: AuditRequest,
  reading: Pick<EntryOf<'oversight'>, 'channel' | 'country' | 'entries'>,
  { now }: Pick<AuditIo, 'now'>,
): Promise<void> {
  return appendOne(textOption(request, 'ownLog') ?? '', textOption(request, 'ownKey') ?? '', (gateway) => ({
    ...{ v: 1, kind: 'oversight', id: createUuidV7(now()), time: new Date(now()).toISOString(), gateway },
    ...{ actor: null, grounds: null, operation: null, ...reading },
  }))
}
