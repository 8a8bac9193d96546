import { dirname, join } from 'node:path'
import { FolderInUseError } from '../../audit/log/lock.ts'
import { eraseSalt, findSalt } from '../../audit/salts/salts.ts'
import { createUuidV7, isUuidV7 } from '../../contract/uuid-v7.ts'
import { defineAudit } from './command.ts'
import { logFolder } from './inputs.ts'
import { appendOne } from './own-log.ts'

const REASONS = ['RETENTION', 'COURT_ORDER', 'DATA_SUBJECT', 'OTHER'] as const

/** `istmo audit erase`: erases an entry's salt, so that what was committed to can be shown no more. The tree stays whole. */
export const eraseCommand = defineAudit(
  {
    name: 'erase',
    description: 'erase an entry’s salt: its commitments say nothing from then on',
    arguments: {
      entry: {
        meaning: 'the entry’s id',
        expected: 'an entry’s id, a UUIDv7',
        parse: (text: string) => (isUuidV7(text) ? text : undefined),
      },
    },
    options: {
      record: {
        flag: 'record',
        value: 'folder',
        isRequired: true,
        expected: 'the path of a folder',
        meaning: 'the record’s folder, with `log` and `salts` in it',
      },
      key: {
        flag: 'key',
        value: 'file',
        isRequired: true,
        expected: 'the path of a file',
        meaning: 'the signer key of its log: the erasure is itself an entry',
      },
      reason: {
        flag: 'reason',
        value: 'name',
        isRequired: true,
        expected: `one of ${REASONS.join(', ')}`,
        meaning: 'why it is erased; the entry says so',
        parse: (text: string) => REASONS.find((each) => each === text),
      },
    },
  },
  async ({ entry: erased, record, key, reason }, io) => {
    const log = await logFolder(record)
    const salts = join(dirname(log), 'salts')
    const { kind } = await findSalt(salts, erased)
    if (kind === 'ERASED')
      return { verdict: 'HOLDS', text: `${erased}: erased before.`, json: { erased, before: true } }
    if (kind === 'UNKNOWN') return { verdict: 'FAILS', text: `${erased}: there is no salt of it.`, json: { erased } }
    // The entry first: a salt that is gone without a word would look like damage.
    await appendOne(log, key, (gateway) => ({
      ...{ v: 1, kind: 'salt-erasure', id: createUuidV7(io.now()), time: new Date(io.now()).toISOString(), gateway },
      ...{ erased, reason },
    })).catch((error: unknown) => {
      if (!(error instanceof FolderInUseError)) throw error
      throw new Error('the gateway has the log open; erase while it is stopped, so that the erasure is in its log')
    })
    await eraseSalt(salts, erased)
    return { verdict: 'HOLDS', text: `${erased}: its salt is erased (${reason}).`, json: { erased, reason } }
  },
)
