import { dirname, join } from 'node:path'
import { FolderInUseError } from '../../audit/log/lock.ts'
import { eraseSalt, findSalt } from '../../audit/salts/salts.ts'
import { createUuidV7, isUuidV7 } from '../../contract/uuid-v7.ts'
import { type AuditCommand, textArgument, textOption } from './command.ts'
import { logFolder } from './inputs.ts'
import { appendOne } from './own-log.ts'

const REASONS = ['RETENTION', 'COURT_ORDER', 'DATA_SUBJECT', 'OTHER'] as const

/** `istmo audit erase`: erases an entry's salt, so that what was committed to can be shown no more. The tree stays whole. */
export const eraseCommand: AuditCommand = {
  name: 'erase',
  description: 'erase an entry’s salt: its commitments say nothing from then on',
  define: (command) =>
    command
      .argument('<entry>', 'the entry’s id')
      .requiredOption('--record <folder>', 'the record’s folder, with `log` and `salts` in it')
      .requiredOption('--key <file>', 'the signer key of its log: the erasure is itself an entry')
      .requiredOption('--reason <name>', REASONS.join(', ')),
  run: async (request, io) => {
    const erased = textArgument(request, 0)
    if (!isUuidV7(erased)) throw new TypeError(`expected an entry’s id, a UUIDv7; came ${erased}`)
    const reason = REASONS.find((each) => each === textOption(request, 'reason'))
    if (reason === undefined) throw new TypeError(`--reason: expected one of ${REASONS.join(', ')}`)
    const log = await logFolder(textOption(request, 'record') ?? '')
    const salts = join(dirname(log), 'salts')
    const { kind } = await findSalt(salts, erased)
    if (kind === 'ERASED')
      return { verdict: 'HOLDS', text: `${erased}: erased before.`, json: { erased, before: true } }
    if (kind === 'UNKNOWN') return { verdict: 'FAILS', text: `${erased}: there is no salt of it.`, json: { erased } }
    // The entry first: a salt that is gone without a word would look like damage.
    await appendOne(log, textOption(request, 'key') ?? '', (gateway) => ({
      ...{ v: 1, kind: 'salt-erasure', id: createUuidV7(io.now()), time: new Date(io.now()).toISOString(), gateway },
      ...{ erased, reason },
    })).catch((error: unknown) => {
      if (!(error instanceof FolderInUseError)) throw error
      throw new Error('the gateway has the log open; erase while it is stopped, so that the erasure is in its log')
    })
    await eraseSalt(salts, erased)
    return { verdict: 'HOLDS', text: `${erased}: its salt is erased (${reason}).`, json: { erased, reason } }
  },
}
