import { readServerFiles } from '../../service/certificates/tls-files.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { type AreaFinding, isFault } from '../check/finding.ts'
import { judgeCertificates } from '../check/parts/certificates.ts'
import { inArea, noteOf, reasonOf } from './finding.ts'
import type { NodePlace } from './node-place.ts'

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
