import type { Logger } from 'pino'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import type { MakeRotationEntry } from '../../audit/shards/replace-keys.ts'
import type { ShardedLog } from '../../audit/shards/sharded-log.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import type { KeysRequest } from '../../contract/audit-log/operator-request.ts'

/** The members with which an entry begins. */
type Base = Pick<EntryOf<'key-rotation'>, 'v' | 'id' | 'time'>

/** Makes the entry of a rotation, in canonical JSON. */
export function makeRotationEntry(
  base: Base,
  reason: EntryOf<'key-rotation'>['reason'],
  keys: Parameters<MakeRotationEntry>[0],
): Uint8Array {
  const entry: EntryOf<'key-rotation'> = { ...base, kind: 'key-rotation', ...keys, reason }
  return canonicalBytes(entry)
}

interface KeyTakingOptions {
  /** Reads the key file. */
  readonly readSigner?: () => Promise<NoteSigner>
  readonly log: Pick<Logger, 'info'>
}

/**
 * Makes the function with which a recorder goes on with the keys of its key file. Null if the recorder cannot read that file.
 * @param entries the log, if it can take keys
 */
export function createKeyTaking(
  { readSigner, log }: KeyTakingOptions,
  { takeKeys }: Partial<Pick<ShardedLog, 'takeKeys'>>,
  newBase: () => Base,
): ((request: KeysRequest) => Promise<void>) | null {
  if (readSigner === undefined || takeKeys === undefined) return null
  return async ({ reason }) => {
    const given = await readSigner()
    const isNew = await takeKeys(given, (keys) => {
      if (reason === null) throw new Error('expected a rotation of the key that is done; it was only begun')
      return makeRotationEntry(newBase(), reason, keys)
    })
    if (isNew)
      log.info({ vkey: (given.next ?? given).verifier.vkey }, 'the audit log goes on with the keys of its file')
  }
}
