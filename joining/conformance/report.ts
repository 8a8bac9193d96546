import type { Domain } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import { showText } from '../../service/show-text.ts'
import { AREAS, type Area, type Check, type Finding } from './check.ts'
import type { CheckedResult } from './run-checks.ts'
import { conformanceWords } from './words.ts'

/** The report of a run: as text, as Markdown, and as JSON for scripts. */

/** What a report is about. */
export interface ReportFacts {
  readonly country: string
  /** The address of the node, or of the services behind it. */
  readonly where: string
  readonly domains: readonly Domain[]
  readonly results: readonly CheckedResult[]
  readonly legs: number
  readonly records: number
  readonly ms: number
}

/** How a check ended, in one word. */
export type ResultName = 'PASSED' | 'FAILED' | 'NOT_TRIED'

/** How many findings of a check the report shows. */
const SHOWN = 3

/** Returns how a check ended. */
export function nameResult({ result }: CheckedResult): ResultName {
  if (result.kind === 'NOT_TRIED') return 'NOT_TRIED'
  return result.findings.length === 0 ? 'PASSED' : 'FAILED'
}

/** The verdict of a run: `INCOMPLETE` if no check failed and some could not be tried. */
export function judge(results: readonly CheckedResult[]): 'PASSED' | 'FAILED' | 'INCOMPLETE' {
  const names = new Set(results.map(nameResult))
  if (names.has('FAILED')) return 'FAILED'
  return names.has('NOT_TRIED') ? 'INCOMPLETE' : 'PASSED'
}

/** Writes the report as text. */
export function writeText(facts: ReportFacts, language: Language): string {
  const say = conformanceWords(language)
  const areas = areasOf(facts.results).flatMap(([area, results]) => {
    const passed = results.filter((each) => nameResult(each) === 'PASSED').length
    const failed = results.filter((each) => nameResult(each) === 'FAILED')
    const tried = results.filter((each) => nameResult(each) !== 'NOT_TRIED').length
    return [
      `${say(`areas.${area}`).padEnd(36)} ${passed}/${tried}`,
      ...failed.flatMap((each) => failureLines(each, language)),
    ]
  })
  return [...headLines(facts, language), '', ...areas, ...untriedLines(facts.results, language), ''].join('\n')
}

function headLines(facts: ReportFacts, language: Language): readonly string[] {
  const { legs, records, ms } = facts
  const say = conformanceWords(language)
  return [
    say('about', { country: facts.country, where: facts.where, domains: facts.domains.join(', ') }),
    say(`verdicts.${judge(facts.results)}`),
    `${say('counts', countResults(facts.results))}. ${say('asked', { legs, records, seconds: Math.round(ms / 1000) })}.`,
  ]
}

function countResults(results: readonly CheckedResult[]) {
  const count = (name: ResultName): number => results.filter((each) => nameResult(each) === name).length
  return { passed: count('PASSED'), failed: count('FAILED'), untried: count('NOT_TRIED'), all: results.length }
}

function areasOf(results: readonly CheckedResult[]): readonly (readonly [Area, readonly CheckedResult[]])[] {
  const byArea = Map.groupBy(results, ({ check }) => check.id.split('.', 1)[0] as Area)
  return AREAS.flatMap((area) => {
    const ofArea = byArea.get(area)
    return ofArea === undefined ? [] : [[area, ofArea] as const]
  })
}

function failureLines({ check, result }: CheckedResult, language: Language): readonly string[] {
  const say = conformanceWords(language)
  const findings = result.kind === 'TRIED' ? result.findings : []
  const more = findings.length > SHOWN ? [`      ${say('more', { number: findings.length - SHOWN })}`] : []
  return [
    `  ✗ ${check.id}: ${sayCheck(check.id, 'title', language)}`,
    ...findings.slice(0, SHOWN).map((finding) => `      ${describeFinding(finding, language)}`),
    ...more,
    `      ${say('remedy')}: ${sayCheck(check.id, 'remedy', language)}`,
  ]
}

function describeFinding({ place, expected, came }: Finding, language: Language): string {
  const say = conformanceWords(language)
  return showText(`${place}: ${say('expected')} ${expected[language]}; ${say('came')} ${came[language]}`)
}

function untriedLines(results: readonly CheckedResult[], language: Language): readonly string[] {
  const say = conformanceWords(language)
  const lines = results.flatMap(({ check, result }) =>
    result.kind === 'NOT_TRIED' ? [`  - ${check.id}: ${result.reason[language]}`] : [],
  )
  return lines.length === 0 ? [] : ['', `${say('untriedTitle')}:`, ...lines, `  ${say('untriedRemedy')}`]
}

/** Writes the report as Markdown. */
export function writeMarkdown(facts: ReportFacts, language: Language): string {
  const say = conformanceWords(language)
  const [about, ...others] = headLines(facts, language)
  const rows = areasOf(facts.results).flatMap(([area, results]) =>
    results.map(
      (each) =>
        `| ${say(`areas.${area}`)} | \`${each.check.id}\`: ${escapeCell(sayCheck(each.check.id, 'title', language))} | ${say(`results.${nameResult(each)}`)} |`,
    ),
  )
  const failed = facts.results.filter((each) => nameResult(each) === 'FAILED')
  const details = failed.flatMap((each) => [
    '',
    ...failureLines(each, language)
      .map((line) => line.trim())
      .map((line, at) => (at === 0 ? `### ${line}\n` : `- ${line}`)),
  ])
  const untried = untriedLines(facts.results, language)
  return [
    ...[
      `# ${about}`,
      '',
      ...others,
      '',
      `| ${say('columns.part')} | ${say('columns.check')} | ${say('columns.result')} |`,
      '|---|---|---|',
      ...rows,
      ...details,
    ],
    ...untried.map((line) => line.trim()),
    '',
  ].join('\n')
}

const escapeCell = (text: string): string => text.replaceAll('|', '\\|')

/** Writes the report as one JSON document, in one language. */
export function writeJson(facts: ReportFacts, language: Language): string {
  const { results, ...about } = facts
  const checks = results.map((each) => {
    const { check, result } = each
    const common = { id: check.id, result: nameResult(each), title: sayCheck(check.id, 'title', language) }
    if (result.kind === 'NOT_TRIED') return { ...common, reason: result.reason[language] }
    const findings = result.findings.map(({ place, expected, came }) => ({
      place,
      expected: expected[language],
      came: came[language],
    }))
    return {
      ...common,
      tried: result.count,
      ...(findings.length > 0 && { findings, remedy: sayCheck(check.id, 'remedy', language) }),
    }
  })
  const verdict = judge(results)
  return `${JSON.stringify({ v: 1, verdict, ...about, ms: Math.round(facts.ms), counts: countResults(results), checks })}\n`
}

/** Says what is true if a check passes, or what to do if it fails. */
export function sayCheck(id: Check['id'], part: 'title' | 'remedy', language: Language): string {
  return (conformanceWords(language) as (key: string) => string)(`checks.${id}.${part}`)
}
