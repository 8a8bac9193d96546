import { PURPOSES } from '../../../contract/access-token.ts'
import { isCountryCode } from '../../../contract/country-code.ts'
import { isRecordId } from '../../../contract/record-id.ts'
import { isTimeZone, localDay, toDayNumber } from '../../../contract/trust/local-day.ts'
import { MAX_MANDATE_DAYS } from '../../../contract/trust/mandate-document.ts'
import { writeCommand } from '../components/shell-words.ts'

/**
 * Makes the file of a mandate out of a form (docs/authority.md). The browser signs nothing: a drafter and an approver sign with keys of their own
 * machines (`istmo mandates draft`, `approve`).
 */

/** What somebody wrote into the form. Lists have one item a line. */
export interface MandateForm {
  readonly issuer: string
  readonly country: string
  readonly taskForce: string
  readonly purposes: readonly string[]
  readonly countries: string
  readonly scopes: string
  readonly legalBasis: string
  readonly caseId: string
  readonly notAfter: string
  readonly timeZone: string
  /** One a line: `AGENCY / role`, or the subject of one person at the login provider. */
  readonly officers: string
  /** The approver's subject at the login provider. */
  readonly approver: string
}

/** A field of the form. */
export type MandateField = keyof MandateForm

/** The file of the form, or the fields that are wrong. */
export type MandateFile =
  | { readonly yaml: string; readonly wrong: null }
  | { readonly yaml: null; readonly wrong: readonly MandateField[] }

/** Makes the file. @param nowMs milliseconds since 1970 */
export function writeMandateFile(form: MandateForm, nowMs: number): MandateFile {
  const [countries, scopes, legalBasis, officers] = [form.countries, form.scopes, form.legalBasis, form.officers].map(
    toLines,
  )
  const checks: readonly (readonly [MandateField, boolean])[] = [
    ['issuer', /^https:\/\/[^?#\s]+$/.test(form.issuer) || /^http:\/\/(127\.0\.0\.1|localhost)/.test(form.issuer)],
    ['country', isCountryCode(form.country)],
    ['taskForce', isLine(form.taskForce)],
    [
      'purposes',
      form.purposes.length > 0 && form.purposes.every((each) => (PURPOSES as readonly string[]).includes(each)),
    ],
    ['countries', isList(countries) && (countries ?? []).every((each) => isCountryCode(each))],
    ['scopes', isList(scopes) && (scopes ?? []).every((each) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(each))],
    ['caseId', form.caseId === '' || isRecordId(form.caseId)],
    ['notAfter', isDayInReach(form, nowMs)],
    ['timeZone', isTimeZone(form.timeZone)],
    ['officers', isList(officers) && (officers ?? []).every(isLine)],
    ['approver', isLine(form.approver) && !(officers ?? []).includes(form.approver)],
  ]
  const wrong = checks.flatMap(([field, isRight]) => (isRight ? [] : [field]))
  if (wrong.length > 0) return { yaml: null, wrong }
  // A text in JSON is a text in YAML too, whatever it contains.
  const yaml = [
    ...[`issuer: ${quote(form.issuer)}`, `country: ${quote(form.country)}`, `task_force: ${quote(form.taskForce)}`],
    `purposes: ${JSON.stringify(form.purposes)}`,
    ...[`countries: ${JSON.stringify(countries)}`, `scopes: ${JSON.stringify(scopes)}`],
    `legal_basis: ${JSON.stringify(legalBasis)}`,
    ...(form.caseId === '' ? [] : [`case: ${quote(form.caseId)}`]),
    ...[`not_after: ${quote(form.notAfter)}`, `time_zone: ${quote(form.timeZone)}`, 'officers:'],
    ...(officers ?? []).map((each) => `  - ${writeOfficer(each)}`),
    ...[`approver: { subject: ${quote(form.approver)} }`, ''],
  ].join('\n')
  return { yaml, wrong: null }
}

/** The commands for the drafter and then for the approver. The names of their key and token files are examples that they replace. */
export function mandateCommands(file: string): { readonly draft: string; readonly approve: string } {
  const document = file.replace(/\.ya?ml$/, '.mandate.json')
  const place = ['--authority', '/var/lib/istmo/log']
  return {
    draft: writeCommand([
      'istmo',
      'mandates',
      'draft',
      file,
      document,
      '--key',
      'ana.key',
      '--token',
      'ana.jwt',
      ...place,
    ]),
    approve: writeCommand([
      'istmo',
      'mandates',
      'approve',
      document,
      '--key',
      'beto.key',
      '--token',
      'beto.jwt',
      ...place,
    ]),
  }
}

function quote(text: string): string {
  return JSON.stringify(text)
}

/** An agency and a role, or the subject of one person. */
function writeOfficer(line: string): string {
  const [, agency, role] = /^(.+?) \/ (.+)$/.exec(line) ?? []
  return agency === undefined || role === undefined
    ? `{ subject: ${quote(line)} }`
    : `{ agency: ${quote(agency)}, role: ${quote(role)} }`
}

function toLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function isLine(text: string): boolean {
  return text !== '' && text.length <= 200 && !/[\p{Cc}\p{Cs}]/u.test(text)
}

function isList(items: readonly string[] | undefined): boolean {
  return items !== undefined && items.length > 0 && new Set(items).size === items.length
}

/** The last day is today or later in its time zone, and not too far away. */
function isDayInReach({ notAfter, timeZone }: MandateForm, nowMs: number): boolean {
  const day = toDayNumber(notAfter)
  if (day === undefined || !isTimeZone(timeZone)) return false
  const days = day - (toDayNumber(localDay(nowMs, timeZone)) ?? 0)
  return days >= 0 && days <= MAX_MANDATE_DAYS
}
