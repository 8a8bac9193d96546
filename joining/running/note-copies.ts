import { join } from 'node:path'
import { writeRequest } from '../../audit/inbox/inbox-folder.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry } from '../../service/audit-log/own-log.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import type { Manifest } from './manifest.ts'

/** The entries of backups and restores in the country's audit log: counts, and the hash of the manifest. */

/** The members of an entry that the owner of the log does not fill in. */
type Members<Kind extends 'backup' | 'restore'> = Omit<EntryOf<Kind>, 'v' | 'id' | 'time' | 'origin'>

function describeCopy({ country, rows, log }: Manifest, manifestHash: string) {
  const counts = rows === null ? null : Object.values(rows.tables).reduce((sum, each) => sum + each, 0)
  const by = osUser()
  return { country, by, manifest: manifestHash, rows: counts, entries: log?.size ?? 0 }
}

/**
 * Writes the entry of a backup, itself or through the node that has the log open. A node without a log has no entries.
 * @param manifestHash SHA-256 of the manifest, in hexadecimal digits
 * @throws {Error} if the log does not take it.
 */
export async function noteBackup(
  { auditLogDir: log, auditLogKey: key }: Pick<NodeConfig, 'auditLogDir' | 'auditLogKey'>,
  manifest: Manifest,
  manifestHash: string,
  now: () => number,
): Promise<void> {
  if (log === undefined || key === undefined || manifest.log === null) return
  const { hasSalts } = manifest.log
  const members: Members<'backup'> = {
    kind: 'backup',
    ...describeCopy(manifest, manifestHash),
    files: manifest.files.length,
    hasKeys: manifest.hasKeys,
    hasSalts,
  }
  try {
    await appendEntry({ log, key }, { members }, { now })
  } catch (error) {
    throw new Error(`The entry of the backup could not be written into the audit log: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/**
 * Puts the entry of a restore into the inbox of the restored log. The node writes it when it starts: nothing is signed before, so a restore that nobody starts
 * makes no second history.
 * @param home the home of the restored log
 */
export async function leaveRestoreNote(
  home: string,
  manifest: Manifest,
  manifestHash: string,
  { log, now }: { readonly log: EntryOf<'restore'>['log']; readonly now: () => number },
): Promise<void> {
  const members: Members<'restore'> = {
    kind: 'restore',
    ...describeCopy(manifest, manifestHash),
    madeAt: manifest.madeAt,
    log,
  }
  const request = { entry: { ...members } }
  await writeRequest(join(home, 'inbox'), createUuidV7(now()), Buffer.from(JSON.stringify(request)))
}
