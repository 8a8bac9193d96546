import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseNote } from '../../audit/note/note.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { nameOfLog } from '../../audit/note/shard-name.ts'
import { askWitnesses } from '../../audit/verify/judge-witnesses.ts'
import { HEARTBEAT_EVERY_MS } from '../../service/audit-log/heartbeat.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { describeProcess, findLockHolder } from '../../service/folder-lock/folder-lock.ts'
import { readSetting } from '../../service/read-setting.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import type { AreaFinding } from '../check/finding.ts'
import { noteOf, reasonOf, rulesWrong } from './finding.ts'
import { ForeignLogError, type LogState, type LookedAt, lookAtLog, readLogState } from './log-state.ts'
import type { NodePlace } from './node-place.ts'

const note = noteOf('log')

/** Looks at the audit log of a node without opening it: its key, its tree, who has it open, and what witnesses know of it. */
export async function checkLog({ config }: NodePlace, now: number): Promise<readonly AreaFinding[]> {
  const { auditLogDir: home, auditLogKey: keyFile } = config
  if (home === undefined || keyFile === undefined)
    return [{ ...note('LOG_NONE'), ...(config.development && { severity: 'warning' }) }]
  // The area of the keys says what is wrong with the key.
  const signer = await readLogSigner(keyFile).catch(() => null)
  if (signer === null) return []
  let state: LogState | null
  try {
    state = await readLogState(home, signer)
  } catch (error) {
    const reason = reasonOf(error)
    const isForeign = error instanceof ForeignLogError
    return [isForeign ? note('LOG_KEY', home, keyFile, reason) : note('LOG_DAMAGED', reason)]
  }
  if (state === null) return [note('LOG_NEW', home)]
  const { origin, size, publishedMs, newestMs, folder } = state
  const findings = [note('LOG_READ', origin, size, new Date(publishedMs).toISOString())]
  const salts = join(home, AUDIT_LOG_FOLDERS.salts)
  if ((await stat(salts).catch(() => null)) === null) findings.push(note('LOG_SALTS', salts))
  const pid = findLockHolder([folder, join(folder, 'lock')])
  if (pid === undefined) findings.push(note('LOG_FREE'))
  else findings.push(tellHolder(describeProcess(pid), newestMs, now))
  return [
    ...findings,
    ...tellFiles(await lookAtLog(home, signer)),
    ...(await checkWitnesses(config.trustPolicy, state)),
  ]
}

function tellFiles({ read, size, faults }: LookedAt): readonly AreaFinding[] {
  if (faults.length > 0) return faults.map((fault) => note('LOG_DAMAGED', fault))
  return [read < size ? note('LOG_PART', read, size) : note('LOG_FILES', read)]
}

function tellHolder(holder: string, newestMs: number | null, now: number): AreaFinding {
  const age = newestMs === null ? 0 : now - newestMs
  if (age <= 2 * HEARTBEAT_EVERY_MS) return note('LOG_HELD', holder)
  return note('LOG_STALE', holder, Math.round(age / 60_000))
}

/** Asks the witnesses of the trust policy what they have cosigned of this log. A trust policy that does not name the log has nothing to ask. */
async function checkWitnesses(file: string | undefined, state: LogState): Promise<readonly AreaFinding[]> {
  if (file === undefined) return []
  try {
    const policy = await readSetting(file, settingName('trustPolicy'), parsePolicy)
    if (!policy.logs.some(({ verifier }) => verifier.name === nameOfLog(state.origin, policy))) return []
    const answers = await askWitnesses(policy, state.origin)
    const findings = answers.flatMap(({ name, kind, note: theirs, why }): readonly AreaFinding[] => {
      if (kind === 'UNREACHABLE') return [{ ...noteOf('reach')('UNREACHED', name, why), severity: 'warning' }]
      if (kind !== 'SERVED' || theirs === undefined) return []
      const { size } = parseCheckpoint(parseNote(theirs).text)
      if (size > state.size) return [note('LOG_AHEAD', name, size, state.size)]
      return [note('LOG_WITNESSED', name, size)]
    })
    const isSeen = answers.length === 0 || findings.length > 0
    return isSeen ? findings : [note('LOG_UNWITNESSED')]
  } catch (error) {
    return [rulesWrong(file, error)]
  }
}
