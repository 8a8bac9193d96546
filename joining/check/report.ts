import { showText } from '../../service/show-text.ts'
import { type DescribedFinding, describeFinding } from './describe-finding.ts'
import { countBySeverity, type Finding, type PartResult } from './finding.ts'
import type { CheckWords } from './words/check-words.ts'

/** What a check found, in the order of its parts. */
export interface CheckResult {
  readonly country: string
  /** ISO 8601. */
  readonly checkedAt: string
  readonly parts: readonly PartResult[]
  readonly findings: readonly Finding[]
}

/** Writes the result as text for a terminal. */
export function formatText(result: CheckResult, words: CheckWords): string {
  const { line } = words
  const findings = describeAll(result, words).flatMap((each) => [
    `${words.severities[each.severity].toUpperCase()} ${each.id} ${each.place}${countOf(each, line.rows)}`,
    `  ${line.expected}: ${each.expected}`,
    `  ${line.came}: ${each.came}`,
    ...(each.examples === undefined ? [] : [`  ${line.such}: ${each.examples.join(', ')}`]),
    `  ${line.remedy}: ${each.remedy}`,
  ])
  const parts = result.parts.map(({ name, state, ms }) => `- ${words.parts[name]}: ${words.states[state]} (${ms} ms)`)
  const space = findings.length > 0 ? [''] : []
  const lines = [words.title(result.country), ...parts, '', ...findings, ...space, ...conclude(result, words)]
  return `${showText(lines.join('\n'))}\n`
}

/** Writes the result as Markdown, for a report. */
export function formatMarkdown(result: CheckResult, words: CheckWords): string {
  const rows = describeAll(result, words).map(
    ({ severity, id, place, expected, came, remedy, count = '', examples = [] }) =>
      toRow([words.severities[severity], id, `\`${place}\``, expected, came, remedy, [count, ...examples].join(' ')]),
  )
  const parts = result.parts.map(({ name, state, ms }) => toRow([words.parts[name], words.states[state], String(ms)]))
  return `${[
    `# ${words.title(result.country)}`,
    '',
    ...conclude(result, words),
    '',
    toRow(words.partColumns),
    toRow(words.partColumns.map(() => '---')),
    ...parts,
    ...(rows.length === 0 ? [] : ['', toRow(words.columns), toRow(words.columns.map(() => '---')), ...rows]),
  ].join('\n')}\n`
}

/** Writes the result as one JSON document (docs/check.md). */
export function formatJson(result: CheckResult, words: CheckWords): string {
  const { country, checkedAt, parts } = result
  const summary = countBySeverity(result.findings)
  const findings = describeAll(result, words)
  return `${JSON.stringify({ version: 1, country, checkedAt, summary, parts, findings }, null, 2)}\n`
}

function describeAll({ findings }: CheckResult, words: CheckWords): readonly DescribedFinding[] {
  return findings.map((finding) => describeFinding(finding, words))
}

function conclude({ findings, parts }: CheckResult, words: CheckWords): readonly string[] {
  const counts = countBySeverity(findings)
  const notDone = parts.filter(({ state }) => state === 'not-done').length
  const isWell = counts.error + counts.warning === 0
  return [
    isWell ? `${words.well} ${words.sum(counts)}` : words.sum(counts),
    ...(notDone === 0 ? [] : [words.notDone(notDone)]),
  ]
}

function countOf({ count }: DescribedFinding, rows: string): string {
  return count === undefined ? '' : ` (${count} ${rows})`
}

/** A row of a table. A bar in a text would end its cell. */
function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`
}
