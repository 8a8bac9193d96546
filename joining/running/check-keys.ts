import { stat } from 'node:fs/promises'
import { parseKeys } from '../../audit/pseudonym/pseudonym.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { isSecretOpen } from '../../service/private-files.ts'
import { readSetting } from '../../service/read-setting.ts'
import { readNodeKey } from '../../subgraphs/kit/question/pages.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import type { AreaFinding } from '../check/finding.ts'
import { noteOf, reasonOf } from './finding.ts'
import { leadsToLogKey } from './known-log-key.ts'
import type { NodePlace } from './node-place.ts'

const note = noteOf('keys')

/** How each key of a node is read. It throws a ConfigError that quotes nothing of the file. */
const READERS = {
  nodeKey: async (file: string) => (await readNodeKey(file)).publicKey.x,
  auditLogKey: async (file: string) => {
    const { verifier } = await readLogSigner(file, settingName('auditLogKey'))
    return Buffer.from(verifier.publicKey).toString('base64url')
  },
  auditLogRefKeys: async (file: string) => {
    await readSetting(file, settingName('auditLogRefKeys'), parseKeys)
    return null
  },
} as const

/**
 * Looks at the secret keys of a node: whether each is set, of the right kind, and private, and whether one stands for two purposes. The key of TLS
 * belongs to its certificate (check-certificates.ts), and only its permissions are looked at here.
 */
export async function checkKeys({ config }: NodePlace): Promise<readonly AreaFinding[]> {
  const findings: AreaFinding[] = []
  const seen = new Map<string, string>()
  for (const key of ['nodeKey', 'auditLogKey', 'auditLogRefKeys'] as const) {
    const file = config[key]
    if (file === undefined) {
      // Without an audit log, its area says so, once.
      if (key === 'nodeKey') findings.push(note('KEY_NONE', settingName(key), key))
      continue
    }
    try {
      const identity = await READERS[key](file)
      const other = identity === null ? undefined : seen.get(identity)
      if (identity !== null) seen.set(identity, file)
      if (other !== undefined) findings.push(note('KEY_SHARED', other, file))
      else findings.push((await findOpen(key, file)) ?? note('KEY_READ', file, key))
      if (key !== 'auditLogKey') continue
      const { verifier, next } = await readLogSigner(file)
      if (next !== undefined) findings.push(note('KEY_TWO', file))
      if ((await leadsToLogKey(config.rules, verifier.vkey)) === false)
        findings.push(note('KEY_UNKNOWN', verifier.vkey, config.rules ?? ''))
    } catch (error) {
      findings.push(note('KEY_WRONG', reasonOf(error)))
    }
  }
  if (config.tlsKey !== undefined) {
    const open = await findOpen('tlsKey', config.tlsKey)
    if (open !== null) findings.push(open)
  }
  return findings
}

/** Says that others may use a file; null if they may not. A file that is not there is somebody else’s finding. */
async function findOpen(
  key: 'nodeKey' | 'auditLogKey' | 'auditLogRefKeys' | 'tlsKey',
  file: string,
): Promise<AreaFinding | null> {
  const found = await stat(file).catch(() => null)
  if (found === null || !isSecretOpen(found)) return null
  return { area: 'keys', id: 'SECRET_OPEN', place: file, details: { setting: settingName(key), file } }
}
