import type { Language } from '../../contract/language.ts'
import type { Say } from '../../contract/words.ts'
import { showText } from '../../service/show-text.ts'
import { type AreaFinding, countBySeverity, DOCTOR_AREAS, type Finding, type Severity, severityOf } from './finding.ts'
import type { CheckResult } from './run-check.ts'
import { checkWords } from './words.ts'

/** A finding in the words of one language. An empty `expected`: `came` says everything. An empty `remedy`: there is nothing to do. */
export interface DescribedFinding {
  readonly id: Finding['id']
  readonly severity: Severity
  readonly place: string
  readonly expected: string
  readonly came: string
  readonly remedy: string
  readonly count?: number
  readonly examples?: readonly string[]
}

/** Puts a finding into words. */
export function describeFinding(finding: Finding, language: Language): DescribedFinding {
  const { id, place, details = {}, count, examples } = finding
  const say = checkWords(language)
  // A text that there is not is said by its key.
  const sayOr = (key: string, otherwise: string, holes: Parameters<Say>[1] = {}): string => {
    const text = say(key, holes)
    return text === key ? otherwise : text
  }
  const values = Object.fromEntries(
    Object.entries(details).map(([name, detail]) => {
      if (typeof detail === 'object') return [name, detail[language]]
      // What certificates and keys are for, such as `nodeKey`, has words.
      return [name, /^\w+$/.test(String(detail)) ? sayOr(`uses.${detail}`, String(detail)) : detail]
    }),
  )
  const sayPart = (part: 'expected' | 'came' | 'remedy'): string => sayOr(`findings.${id}.${part}`, '', values)
  return {
    id,
    severity: severityOf(finding),
    place,
    expected: sayPart('expected'),
    came: sayPart('came'),
    remedy: sayPart('remedy'),
    ...(count !== undefined && { count }),
    ...(examples !== undefined && examples.length > 0 && { examples }),
  }
}

/** Says in one sentence what was found. */
export function sayFinding(finding: Finding, language: Language): string {
  const { expected, came, place } = describeFinding(finding, language)
  const say = checkWords(language)
  return expected === '' ? came : `${place}: ${say('line.expected')} ${expected}; ${say('line.came')} ${came}`
}

/** Writes the result as text for a terminal. */
export function formatText(result: CheckResult, language: Language): string {
  const say = checkWords(language)
  const findings = describeAll(result, language).flatMap(
    ({ id, severity, place, expected, came, remedy, count, examples }) => [
      `${say(`severities.${severity}`).toUpperCase()} ${id} ${place}${count === undefined ? '' : ` (${count} ${say('line.rows')})`}`,
      ...(expected === '' ? [] : [`  ${say('line.expected')}: ${expected}`]),
      `  ${say('line.came')}: ${came}`,
      ...(examples === undefined ? [] : [`  ${say('line.such')}: ${examples.join(', ')}`]),
      `  ${say('line.remedy')}: ${remedy}`,
    ],
  )
  const parts = describeParts(result, language).map(([name, state, ms]) => `- ${name}: ${state} (${ms} ms)`)
  const space = findings.length > 0 ? [''] : []
  const title = say('title', { country: result.country })
  return `${showText([title, ...parts, '', ...findings, ...space, ...conclude(result, language)].join('\n'))}\n`
}

/** The columns of the table of findings, and of that of parts. */
const COLUMNS = ['finding', 'place', 'expected', 'came', 'remedy', 'rows'] as const
const PART_COLUMNS = ['part', 'state', 'ms'] as const

/** Writes the result as Markdown, for a report. */
export function formatMarkdown(result: CheckResult, language: Language): string {
  const say = checkWords(language)
  const rows = describeAll(result, language).map(
    ({ severity, id, place, expected, came, remedy, count = '', examples = [] }) => [
      ...[say(`severities.${severity}`), id, `\`${place}\``],
      ...[expected, came, remedy, [count, ...examples].join(' ')],
    ],
  )
  const heads = ['', ...COLUMNS.map((name) => say(`columns.${name}`))]
  const partHeads = PART_COLUMNS.map((name) => say(`partColumns.${name}`))
  return `${[
    `# ${say('title', { country: result.country })}`,
    '',
    ...conclude(result, language),
    '',
    ...toTable(partHeads, describeParts(result, language)),
    ...(rows.length === 0 ? [] : ['', ...toTable(heads, rows)]),
  ].join('\n')}\n`
}

/** Writes the result as one JSON document (docs/check.md). */
export function formatJson(result: CheckResult, language: Language): string {
  const { country, checkedAt, parts } = result
  const { error, warning, note } = countBySeverity(result.findings)
  const [summary, findings] = [{ error, warning, note }, describeAll(result, language)]
  return `${JSON.stringify({ version: 1, country, checkedAt, summary, parts, findings }, null, 2)}\n`
}

function describeAll({ findings }: CheckResult, language: Language): readonly DescribedFinding[] {
  return findings.map((finding) => describeFinding(finding, language))
}

function describeParts({ parts }: CheckResult, language: Language): readonly (readonly string[])[] {
  const say = checkWords(language)
  return parts.map(({ name, state, ms }) => [say(`parts.${name}`), say(`states.${state}`), String(ms)])
}

function conclude({ findings, parts }: CheckResult, language: Language): readonly string[] {
  const say = checkWords(language)
  const { error, warning, note } = countBySeverity(findings)
  const notDone = parts.filter(({ state }) => state === 'not-done').length
  const sum = say('sum', {
    errors: say('errors', { count: error }),
    warnings: say('warnings', { count: warning }),
    notes: say('notes', { count: note }),
  })
  return [
    error + warning === 0 ? `${say('well')} ${sum}` : sum,
    ...(notDone === 0 ? [] : [say('notDone', { count: notDone })]),
  ]
}

/** Writes a table. A bar in a text would end its cell. */
function toTable(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [heads, heads.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`,
  )
}

/** Writes the findings of `istmo doctor` as one JSON document. */
export function formatAreasJson(findings: readonly AreaFinding[], language: Language): string {
  const { well, warning, error: wrong, unknown } = countBySeverity(findings)
  const shown = findings.map((finding) => {
    const { severity, remedy } = describeFinding(finding, language)
    const values = Object.values(finding.details ?? {}).map((each) =>
      typeof each === 'object' ? each[language] : each,
    )
    const { area, id: code, place } = finding
    return {
      area,
      state: severity === 'error' ? 'wrong' : severity,
      code,
      place,
      values,
      what: sayFinding(finding, language),
      remedy,
    }
  })
  return `${JSON.stringify({ counts: { well, warning, wrong, unknown }, findings: shown }, undefined, 2)}\n`
}

/** Writes them as text for a terminal, by area. @param all also what is well. */
export function formatAreas(findings: readonly AreaFinding[], language: Language, all: boolean): string {
  const say = checkWords(language)
  const lines = DOCTOR_AREAS.flatMap((area) => {
    const shown = findings.filter((each) => each.area === area && (all || severityOf(each) !== 'well'))
    const texts = shown.flatMap((finding) => {
      const { severity, remedy } = describeFinding(finding, language)
      const hasRemedy = remedy !== '' && severity !== 'well'
      return [
        `  ${say(`severities.${severity}`)}: ${sayFinding(finding, language)}`,
        ...(hasRemedy ? [`    ${say('line.remedy')}: ${remedy}`] : []),
      ]
    })
    return shown.length === 0 ? [] : [say(`doctor.areas.${area}`), ...texts]
  })
  const { well, warning, error, unknown } = countBySeverity(findings)
  return `${[...lines, say('doctor.summary', { well, warning, error, unknown })].join('\n')}\n`
}
