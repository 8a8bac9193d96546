import { entryLabels } from '../../contract/audit-log/words.ts'
import { nameCountryIn } from '../../contract/country-name.ts'
import type { Language } from '../../contract/language.ts'
import type { MandateActAnswer } from '../../contract/trust/mandate-act.ts'
import type { MandateDocument } from '../../contract/trust/mandate-document.ts'

/** What a person reads before signing: every member of the document, in plain words. */

const ENGLISH = {
  title: (country: string) => `Mandate of ${country}`,
  taskForce: 'Task force',
  purposes: 'For',
  countries: 'May ask',
  scopes: 'May read (scopes)',
  legalBasis: 'Legal basis',
  none: 'none named',
  case: 'Case',
  boundTo: (digest: string) => `bound to one case, whose number is hidden as ${digest}`,
  everyCase: 'not bound to a case',
  officers: 'Officers',
  everybody: (agency: string, role: string) => `everybody who is «${role}» at ${agency}`,
  person: (digest: string) => `the person ${digest}`,
  you: 'you',
  issued: 'Issued',
  lastDay: 'Last day',
  zone: (day: string, zone: string) => `${day}, until midnight in ${zone}`,
  authority: 'Authority',
  drafter: 'Drafted by',
  approver: 'To be approved by',
  id: 'Number',
  hash: 'Hash',
}

const SPANISH: typeof ENGLISH = {
  title: (country) => `Mandato de ${country}`,
  taskForce: 'Equipo conjunto',
  purposes: 'Para',
  countries: 'Puede consultar a',
  scopes: 'Puede leer (permisos)',
  legalBasis: 'Base legal',
  none: 'ninguna',
  case: 'Caso',
  boundTo: (digest) => `limitado a un caso, cuyo número está oculto como ${digest}`,
  everyCase: 'no está limitado a un caso',
  officers: 'Funcionarios',
  everybody: (agency, role) => `todos los que tienen la función «${role}» en ${agency}`,
  person: (digest) => `la persona ${digest}`,
  you: 'usted',
  issued: 'Fecha',
  lastDay: 'Último día',
  zone: (day, zone) => `${day}, hasta la medianoche en ${zone}`,
  authority: 'Autoridad',
  drafter: 'Redactado por',
  approver: 'Debe aprobarlo',
  id: 'Número',
  hash: 'Huella',
}

/**
 * Says whose salted hashes the command knows.
 * @param persons what the authority answered: the hash of the person at the terminal, then those of the subjects
 */
export function nameHashes(
  { persons = [] }: MandateActAnswer,
  subjects: readonly string[],
  language: Language,
): ReadonlyMap<string, string> {
  const [own = '', ...others] = persons
  const names = subjects.map((subject, at): [string, string] => [others[at] ?? '', `${subject} (${others[at]})`])
  return new Map([...names, [own, language === 'es' ? SPANISH.you : ENGLISH.you]])
}

/** Lists the salted hashes in a mandate that have no name. */
export function findUnnamed(document: MandateDocument, names: ReadonlyMap<string, string>): readonly string[] {
  const all = document.officers.flatMap((officer) => ('hash' in officer ? [officer.hash] : []))
  return [...all, document.drafter, document.approver].filter((digest) => !names.has(digest))
}

/**
 * Describes a mandate in plain words, one member a line.
 * @param names the salted hashes whose persons the command knows, with what to call them
 */
export function describeMandate(
  document: MandateDocument,
  hash: string,
  language: Language,
  names: ReadonlyMap<string, string> = new Map(),
): string {
  const words = language === 'es' ? SPANISH : ENGLISH
  const nameCountry = (code: string): string => `${nameCountryIn('{country}', code, language)} (${code})`
  const purposeOf = (purpose: MandateDocument['purposes'][number]): string => entryLabels(language).purposes[purpose]
  const person = (digest: string): string => names.get(digest) ?? words.person(digest)
  const officers = document.officers.map((officer) =>
    'hash' in officer ? person(officer.hash) : words.everybody(officer.agency, officer.role),
  )
  const lines: readonly (readonly [string, string])[] = [
    [words.taskForce, document.task_force],
    [words.purposes, document.purposes.map(purposeOf).join('; ')],
    [words.countries, document.countries.map(nameCountry).join(', ')],
    [words.scopes, document.scopes.join(', ')],
    [words.legalBasis, document.legal_basis.join(', ') || words.none],
    [words.case, document.case === undefined ? words.everyCase : words.boundTo(document.case)],
    ...officers.map((text): [string, string] => [words.officers, text]),
    [words.issued, new Date(document.issued * 1_000).toISOString().replace('.000Z', 'Z')],
    [words.lastDay, words.zone(document.not_after, document.time_zone)],
    [words.authority, document.issuer],
    [words.drafter, person(document.drafter)],
    [words.approver, person(document.approver)],
    [words.id, document.id],
    [words.hash, hash],
  ]
  const width = Math.max(...lines.map(([label]) => label.length))
  const text = lines.map(([label, value]) => `  ${label.padEnd(width)}  ${value}\n`).join('')
  return `${words.title(nameCountry(document.country))}\n${text}`
}
