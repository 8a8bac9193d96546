import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { LANGUAGES } from '../../contract/language.ts'
import { countBySeverity, FINDINGS, type Finding } from './finding.ts'
import { describeFinding, formatJson, formatMarkdown, formatText } from './report.ts'
import { PARTS } from './run-check.ts'

describe('the words of the findings', () => {
  it.each(LANGUAGES)('are there for each finding, and for no other: %s', (language) => {
    const file = new URL(`words.${language}.yaml`, import.meta.url)
    const { findings } = parse(readFileSync(file, 'utf8')) as { readonly findings: Readonly<Record<string, object>> }
    expect(Object.keys(findings).sort()).toEqual(Object.keys(FINDINGS).sort())
    for (const [id, severity] of Object.entries(FINDINGS)) {
      const { expected, came, remedy } = describeFinding({ id: id, place: 'x' }, language)
      expect([id, came]).not.toEqual([id, ''])
      // Who must do something reads what was found, and what to do.
      if (['error', 'warning'].includes(severity)) expect([id, expected === '' && remedy === '']).toEqual([id, false])
    }
  })

  it('fill in details once: a detail in braces stays as it is', () => {
    const finding: Finding = { id: 'SDL_WRONG', place: 'sdl:1', details: { fault: '{fault}' } }
    expect(describeFinding(finding, 'en').came).toBe('{fault}')
  })
})

it('each finding that the code names has a severity, and each severity is of one', () => {
  const files = ['joining/check/**', 'joining/running', 'joining'].flatMap((folder) =>
    globSync(`${folder}/!(*.test).ts`),
  )
  files.push('service/forgetful-replication.ts')
  const code = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  const named = [
    ...code.matchAll(
      /\b(?:id: |(?:note|versions|add|make|toWrong|toLooser)\(|noteOf\('\w+'\)\()'([A-Z]+(?:_[A-Z]+)+)'/g,
    ),
  ].map(([, id = '']) => id)
  expect(named.length).toBeGreaterThan(100)
  expect(named.filter((id) => !Object.hasOwn(FINDINGS, id))).toEqual([])
  expect(Object.keys(FINDINGS).filter((id) => !code.includes(`'${id}'`))).toEqual([])
})

it('docs/check.md lists each finding with its severity', () => {
  const page = readFileSync('docs/check.md', 'utf8')
  const rows = [...page.matchAll(/^\| ([A-Z_]+) \| (error|warning|note|unknown|well) \|$/gm)].map(
    ([, id, severity]) => [id, severity],
  )
  expect(rows).toEqual(Object.entries(FINDINGS))
  for (const part of PARTS) expect(page).toContain(`| \`${part}\` |`)
})

describe('a report', () => {
  const result = {
    country: 'NI',
    checkedAt: '2026-11-27T20:22:00.000Z',
    parts: [
      { name: 'rows', state: 'done', ms: 12 },
      { name: 'graph', state: 'not-done', ms: 0 },
    ],
    findings: [
      {
        id: 'ID_OF_OTHER_COUNTRY',
        place: 'cases.case_file.id',
        details: { country: 'NI' },
        count: 3,
        examples: ['HN:C-1'],
      },
      { id: 'NOT_CHECKED', place: 'graph', details: { lacks: '--supergraph FILE', came: 'nothing' } },
      { id: 'SDL_BREAKS', place: 'Query.case', details: { change: 'a | b\nc' } },
    ],
  } as const

  it('says in text what was expected, what came, and the remedy', () => {
    expect(formatText(result, 'en')).toBe(`Check of NI
- each row beside the contract: done (12 ms)
- the SDL beside the gateway’s graph: not checked (0 ms)

ERROR ID_OF_OTHER_COUNTRY cases.case_file.id (3 rows)
  expected: an id that begins with NI:
  came: one of another country
  such as: HN:C-1
  remedy: Put NI: before your own ids.
NOTE NOT_CHECKED graph
  expected: --supergraph FILE
  came: nothing, so this part was not checked
  remedy: Give --supergraph FILE.
ERROR SDL_BREAKS Query.case
  expected: what the contract has
  came: a | b
c
  remedy: Write it as the contract does.

2 errors, 0 warnings, 1 note.
1 part was not checked: that is not the same as «well».
`)
  })

  it('never says that everything is well if there are warnings, and says in Spanish what was not checked', () => {
    expect(formatText(result, 'es')).not.toContain('está bien.')
    const well = formatText({ ...result, findings: [result.findings[1]] }, 'es')
    expect(well).toContain('Todo lo que se comprobó está bien. 0 errores, 0 avisos, 1 nota.\n1 parte no se comprobó')
  })

  it('is one table in Markdown, whose cells no text can end', () => {
    const rows = formatMarkdown(result, 'en')
      .split('\n')
      .filter((line) => line.startsWith('| error |'))
    expect(rows).toHaveLength(2)
    expect(rows[1]).toBe(
      '| error | SDL_BREAKS | `Query.case` | what the contract has | a \\| b c | Write it as the contract does. |  |',
    )
  })

  it('is a JSON document as docs/check.md shows it', () => {
    const page = readFileSync('docs/check.md', 'utf8')
    const shown = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? '{}')
    const written = JSON.parse(formatJson(result, 'en'))
    expect(Object.keys(written)).toEqual(Object.keys(shown))
    expect(Object.keys(written.findings[0])).toEqual(Object.keys(shown.findings[0]))
    expect(Object.keys(written.parts[0])).toEqual(Object.keys(shown.parts[0]))
    expect(countBySeverity(result.findings)).toMatchObject(written.summary)
  })
})
