import { dirname, join } from 'node:path'
import { findSalt } from '../../audit/salts/salts.ts'
import { isUuidV7 } from '../../contract/uuid-v7.ts'
import { appendEntry } from '../../service/audit-log/own-log.ts'
import { defineAudit } from './command.ts'
import { findLogFolder } from './inputs.ts'

const REASONS = ['RETENTION', 'COURT_ORDER', 'DATA_SUBJECT', 'OTHER'] as const

/**
 * `istmo audit erase`: erases the salt of an entry, so that nobody can open the entry's commitments any more. The tree of the log does
 * not change.
 */
export const eraseCommand = defineAudit(
  {
    name: 'erase',
    description: 'erase the salt of an entry, so that nobody can open its commitments any more',
    arguments: {
      entry: {
        meaning: 'the entry’s id',
        expected: 'an entry’s id, a UUIDv7',
        parse: (text: string) => (isUuidV7(text) ? text : undefined),
      },
    },
    options: {
      log: {
        flag: 'log',
        value: 'folder',
        isRequired: true,
        expected: 'the path of a folder',
        meaning: 'the audit log’s folder, which contains `log` and `salts`',
      },
      key: {
        flag: 'key',
        value: 'file',
        isRequired: true,
        expected: 'the path of a file',
        meaning: 'the signer key of the log, because the erasure is itself an entry; a running process uses its own',
      },
      reason: {
        flag: 'reason',
        value: 'name',
        isRequired: true,
        expected: `one of ${REASONS.join(', ')}`,
        meaning: 'the reason, which the entry of the erasure contains',
        parse: (text: string) => REASONS.find((each) => each === text),
      },
    },
    notes: {
      'Exit codes': {
        0: 'the salt is erased, now or before',
        1: 'the entry has no salt, or the log is damaged',
        2: 'the salt could not be erased, or an argument is wrong',
      },
    },
  },
  async ({ entry: erased, log: place, key, reason }, io) => {
    const log = await findLogFolder(place)
    const salts = join(dirname(log), 'salts')
    const { kind } = await findSalt(salts, erased)
    if (kind === 'ERASED')
      return { verdict: 'HOLDS', text: `${erased}: its salt was erased before.`, json: { erased, before: true } }
    if (kind === 'UNKNOWN') return { verdict: 'FAILS', text: `${erased}: it has no salt.`, json: { erased } }
    await appendEntry({ log: place, key }, { erase: { erased, reason } }, io)
    return { verdict: 'HOLDS', text: `${erased}: its salt is erased (${reason}).`, json: { erased, reason } }
  },
)
