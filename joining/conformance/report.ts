import type { Domain } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import { showText } from '../../service/show-text.ts'
import type { Check, Holes, Tried } from './check.ts'
import { describeReply } from './leg.ts'
import { conformanceWords } from './words.ts'

/** The report of a run: as text, as Markdown, and as JSON for scripts. */

/** A check with its result. */
export interface CheckedResult {
  readonly check: Check
  /** How many things it tried. Zero: the country's records have nothing to try it with. */
  readonly count: number
  /** What it did not find as the contract says. */
  readonly findings: readonly Tried[]
}

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

/** How many findings of a check the report shows. */
const SHOWN = 3

/** Returns how a check ended, in one word. */
export function nameResult({ count, findings }: CheckedResult): 'PASSED' | 'FAILED' | 'NOT_TRIED' {
  if (count === 0) return 'NOT_TRIED'
  return findings.length === 0 ? 'PASSED' : 'FAILED'
}

/** The verdict of a run: `INCOMPLETE` if no check failed and some could not be tried. */
export function judge(results: readonly CheckedResult[]): 'PASSED' | 'FAILED' | 'INCOMPLETE' {
  const { failed, untried } = countResults(results)
  if (failed > 0) return 'FAILED'
  return untried > 0 ? 'INCOMPLETE' : 'PASSED'
}

function countResults(results: readonly CheckedResult[]) {
  const count = (name: ReturnType<typeof nameResult>): number => withResult(results, name).length
  return { passed: count('PASSED'), failed: count('FAILED'), untried: count('NOT_TRIED'), all: results.length }
}

const withResult = (results: readonly CheckedResult[], name: ReturnType<typeof nameResult>) =>
  results.filter((each) => nameResult(each) === name)

/** Says a text of a check, or that of its part of the report: what is true if it passes, what to do if it fails, what its records lack. */
export function sayCheck(
  { id, holes }: Pick<Check, 'id' | 'holes'>,
  text: 'heading' | 'title' | 'remedy' | 'missing' | 'expected' | 'came',
  language: Language,
  more: Holes = {},
): string {
  const say = conformanceWords(language) as unknown as (keys: readonly string[], holes: Holes) => string
  return say([`checks.${id}.${text}`, `checks.${id.split('.', 1)[0]}.${text}`], { ...holes, ...more })
}

/** Says what a check expected, or what came. */
function show(check: Check, tried: Tried, text: 'expected' | 'came', language: Language): string {
  const shown = tried[text]
  if (shown === undefined) return sayCheck(check, text, language, tried.holes)
  return typeof shown === 'object' ? describeReply(shown) : String(shown)
}

/** Writes the report as text. */
export function writeText(facts: ReportFacts, language: Language): string {
  const parts = groupByPart(facts.results).flatMap(([first, ...others]) => {
    const results = [first, ...others]
    const { passed, failed } = countResults(results)
    return [
      `${sayCheck(first.check, 'heading', language).padEnd(36)} ${passed}/${passed + failed}`,
      ...withResult(results, 'FAILED').flatMap((each) => failureLines(each, language)),
    ]
  })
  return [...headLines(facts, language), '', ...parts, ...untriedLines(facts.results, language), ''].join('\n')
}

function headLines(facts: ReportFacts, language: Language): readonly string[] {
  const { country, where, domains, results, legs, records, ms } = facts
  const say = conformanceWords(language)
  return [
    say('about', { country, where, domains: domains.join(', ') }),
    say(`verdicts.${judge(results)}`),
    `${say('counts', countResults(results))}. ${say('asked', { legs, records, seconds: Math.round(ms / 1000) })}.`,
  ]
}

function groupByPart(results: readonly CheckedResult[]): readonly (readonly [CheckedResult, ...CheckedResult[]])[] {
  const byPart = Map.groupBy(results, ({ check }) => check.id.split('.', 1)[0])
  return [...byPart.values()] as unknown as readonly [CheckedResult, ...CheckedResult[]][]
}

function failureLines({ check, findings }: CheckedResult, language: Language): readonly string[] {
  const say = conformanceWords(language)
  const lines = findings.slice(0, SHOWN).map((each) => {
    const [expected, came] = (['expected', 'came'] as const).map((text) => show(check, each, text, language))
    return `      ${showText(`${each.place}: ${say('expected')} ${expected}; ${say('came')} ${came}`)}`
  })
  return [
    `  ✗ ${check.id}: ${sayCheck(check, 'title', language)}`,
    ...lines,
    ...(findings.length > SHOWN ? [`      ${say('more', { number: findings.length - SHOWN })}`] : []),
    `      ${say('remedy')}: ${sayCheck(check, 'remedy', language)}`,
  ]
}

function untriedLines(results: readonly CheckedResult[], language: Language): readonly string[] {
  const say = conformanceWords(language)
  const lines = withResult(results, 'NOT_TRIED').map(
    ({ check }) => `  - ${check.id}: ${sayCheck(check, 'missing', language)}`,
  )
  return lines.length === 0 ? [] : ['', `${say('untriedTitle')}:`, ...lines, `  ${say('untriedRemedy')}`]
}

/** Writes the report as Markdown. */
export function writeMarkdown(facts: ReportFacts, language: Language): string {
  const say = conformanceWords(language)
  const [about, ...others] = headLines(facts, language)
  const rows = facts.results.map((each) => {
    const title = sayCheck(each.check, 'title', language).replaceAll('|', '\\|')
    const part = sayCheck(each.check, 'heading', language)
    return `| ${part} | \`${each.check.id}\`: ${title} | ${say(`results.${nameResult(each)}`)} |`
  })
  const details = withResult(facts.results, 'FAILED').flatMap((each) => {
    const [head = '', ...lines] = failureLines(each, language).map((line) => line.trim())
    return ['', `### ${head}\n`, ...lines.map((line) => `- ${line}`)]
  })
  const untried = untriedLines(facts.results, language).map((line) => line.trim())
  const heads = `| ${say('columns.part')} | ${say('columns.check')} | ${say('columns.result')} |`
  return [`# ${about}`, '', ...others, '', heads, '|---|---|---|', ...rows, ...details, ...untried, ''].join('\n')
}

/** Writes the report as one JSON document, in one language. */
export function writeJson(facts: ReportFacts, language: Language): string {
  const { results, ...about } = facts
  const checks = results.map((each) => {
    const { check, count, findings } = each
    const result = nameResult(each)
    const common = { id: check.id, result, title: sayCheck(check, 'title', language) }
    if (result === 'NOT_TRIED') return { ...common, reason: sayCheck(check, 'missing', language) }
    if (result === 'PASSED') return { ...common, tried: count }
    const shown = findings.map((tried) => ({
      place: tried.place,
      expected: show(check, tried, 'expected', language),
      came: show(check, tried, 'came', language),
    }))
    return { ...common, tried: count, findings: shown, remedy: sayCheck(check, 'remedy', language) }
  })
  const verdict = judge(results)
  return `${JSON.stringify({ v: 1, verdict, ...about, ms: Math.round(facts.ms), counts: countResults(results), checks })}\n`
}
