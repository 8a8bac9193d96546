import { stat } from 'node:fs/promises'
import { readLogSigner, readRefKeys } from '../../service/audit-log/key-files.ts'
import { readServerFiles } from '../../service/certificates/tls-files.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { isSecretOpen } from '../../service/private-files.ts'
import { readNodeKey } from '../../subgraphs/kit/question/pages.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { type AreaFinding, inArea, isFault, noteOf, reasonOf } from '../check/finding.ts'
import { judgeCertificates } from '../check/parts/certificates.ts'
import type { NodePlace } from './node-place.ts'
import { leadsToLogKey } from './rotate-command.ts'

const note = noteOf('keys')

/** How each key of a node is read. It throws a ConfigError that quotes nothing of the file. */
const READERS = {
  nodeKey: async (file: string) => (await readNodeKey(file)).publicKey.x,
  auditLogKey: async (file: string) => {
    const { verifier } = await readLogSigner(file)
    return Buffer.from(verifier.publicKey).toString('base64url')
  },
  auditLogRefKeys: async (file: string) => {
    await readRefKeys(file)
    return null
  },
} as const

/**
 * Looks at the secret keys of a node: whether each is set, of the right kind, and private, and whether one stands for two purposes. The key of TLS
 * belongs to its certificate, and only its permissions are looked at here.
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

/** Looks at the certificates of a node, as `istmo check` does; also for what else a start would refuse. */
export async function checkCertificates({ config }: NodePlace, now: number): Promise<readonly AreaFinding[]> {
  const { tlsKey: key, tlsCert: cert, tlsClientCa: clientCa, rules } = config
  if (key === undefined || cert === undefined || clientCa === undefined) return [noteOf('certificates')('TLS_NONE')]
  // A country’s file that is wrong has its own finding.
  const file = rules === undefined ? null : await readCountryFile(rules).catch(() => null)
  const found = await judgeCertificates({ key, cert, clientCa }, file, now)
  const files = {
    key: { file: key, setting: settingName('tlsKey') },
    cert: { file: cert, setting: settingName('tlsCert') },
    clientCa: { file: clientCa, setting: settingName('tlsClientCa') },
  }
  const refusal = found.some(isFault) ? null : await readServerFiles(files, now).then(() => null, reasonOf)
  if (refusal === null) return inArea('certificates', found)
  return inArea('certificates', [{ id: 'CERTIFICATE_WRONG', place: '--tls-cert', details: { reason: refusal } }])
}
