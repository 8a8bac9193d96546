import type { Language } from '../../contract/language.ts'
import { ENGLISH_FINDINGS, type FindingCode, type FindingWords } from './doctor-words-en.ts'
import { SPANISH_FINDINGS } from './doctor-words-es.ts'
import type { DoctorArea, FindingState } from './finding.ts'

const WORDS: Readonly<Record<Language, Readonly<Record<FindingCode, FindingWords>>>> = {
  en: ENGLISH_FINDINGS,
  es: SPANISH_FINDINGS,
}

/** The words around the findings, in each language. */
export const DOCTOR_LABELS: Readonly<
  Record<
    Language,
    {
      readonly states: Readonly<Record<FindingState, string>>
      readonly areas: Readonly<Record<DoctorArea, string>>
      readonly remedy: string
      readonly summary: (counts: Readonly<Record<FindingState, number>>) => string
      readonly keys: Readonly<Record<KeyUse, string>>
    }
  >
> = {
  en: {
    states: { well: 'well', warning: 'warning', wrong: 'WRONG', unknown: 'not checked' },
    areas: {
      ...{ settings: 'Settings', clock: 'Clock', keys: 'Keys', certificates: 'Certificates', database: 'Database' },
      ...{ log: 'Audit log', disk: 'Disk', ports: 'Ports', reach: 'Others', versions: 'Versions' },
    },
    remedy: 'remedy',
    summary: ({ well, warning, wrong, unknown }) =>
      `${well} well, ${warning} warnings, ${wrong} wrong, ${unknown} not checked`,
    keys: {
      nodeKey: 'key that signs the ids which the node gives',
      auditLogKey: 'signer key of the audit log',
      auditLogRefKeys: 'keys of the refs in the audit log',
      tlsKey: 'key of the certificate',
      serverCertificate: 'server',
      authorityCertificate: 'authority',
      clientAuthority: 'authority of the gateway',
    },
  },
  es: {
    states: { well: 'bien', warning: 'atención', wrong: 'MAL', unknown: 'sin mirar' },
    areas: {
      ...{ settings: 'Ajustes', clock: 'Reloj', keys: 'Claves', certificates: 'Certificados' },
      ...{ database: 'Base de datos', log: 'Registro de auditoría', disk: 'Disco', ports: 'Puertos' },
      ...{ reach: 'Otros', versions: 'Versiones' },
    },
    remedy: 'qué hacer',
    summary: ({ well, warning, wrong, unknown }) =>
      `${well} bien, ${warning} para mirar pronto, ${wrong} mal, ${unknown} sin mirar`,
    keys: {
      nodeKey: 'clave que firma los identificadores que da el nodo',
      auditLogKey: 'clave que firma el registro de auditoría',
      auditLogRefKeys: 'claves de los seudónimos del registro de auditoría',
      tlsKey: 'clave del certificado',
      serverCertificate: 'servidor',
      authorityCertificate: 'autoridad',
      clientAuthority: 'autoridad de la pasarela',
    },
  },
}

/** The settings that name a secret key, and the uses of certificates. */
export type KeyUse =
  | 'nodeKey'
  | 'auditLogKey'
  | 'auditLogRefKeys'
  | 'tlsKey'
  | 'serverCertificate'
  | 'authorityCertificate'
  | 'clientAuthority'

/** Says a finding, and what to do about it, in a language. An empty remedy: there is nothing to do. */
export function sayFinding(
  { code, values }: { readonly code: FindingCode; readonly values: readonly (string | number)[] },
  language: Language,
): { readonly what: string; readonly remedy: string } {
  const { keys } = DOCTOR_LABELS[language]
  const shown = values.map((value) => (Object.hasOwn(keys, value) ? keys[value as KeyUse] : String(value)))
  const fill = (text: string): string => text.replace(/\{(\d)\}/g, (_, at: string) => shown[Number(at)] ?? '')
  const [what, remedy] = WORDS[language][code]
  return { what: fill(what), remedy: fill(remedy) }
}
