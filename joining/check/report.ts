import type { Language } from '../../contract/language.ts'
import { showText } from '../../service/show-text.ts'
import { type DescribedFinding, describeFinding } from './describe-finding.ts'
import { countBySeverity, type Finding, type PartName } from './finding.ts'
import { checkWords } from './words.ts'

/** How one part ended. */
export interface PartResult {
  readonly name: PartName
  /** `not-done`: it lacked something, which a NOT_CHECKED names. `failed`: it broke off, which a CHECK_FAILED names. */
  readonly state: 'done' | 'not-done' | 'failed'
  readonly ms: number
}

/** What a check found, in the order of its parts. */
export interface CheckResult {
  readonly country: string
  /** ISO 8601. */
  readonly checkedAt: string
  readonly parts: readonly PartResult[]
  readonly findings: readonly Finding[]
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
