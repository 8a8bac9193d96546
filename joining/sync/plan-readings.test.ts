import { expect, it } from 'vitest'
import { parseMapping } from '../mapping/parse-mapping.ts'
import { planFullRun, planIncrementalRun } from './plan-readings.ts'
import { listFilledKinds } from './stage-tables.ts'

const plain =
  'country: NI\nsource: { sql: "postgres://reader@old/sisej" }\nprovenance: { handling: [H1], agency: OJ }\n'
const cases = 'cases:\n  from: expediente\n  id: num\n'

function parse(text: string) {
  const parsed = parseMapping(plain + text, 'NI.mapping.yaml', { language: 'en', readFile: () => '' })
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return { mapping: parsed.mapping, kinds: listFilledKinds(parsed.mapping) }
}

const child = '  offences: { from: delito, case: num, label: etiqueta, iccs: { value: "0101" } }\n'

it('reads everything in a full run', () => {
  const { mapping, kinds } = parse(`${cases}  since: mod\n${child}`)
  const plan = planFullRun(mapping, kinds)
  expect(plan.readings.map(({ selection }) => selection)).toEqual([{ from: 'expediente' }, { from: 'delito' }])
  expect([...plan.whole]).toEqual(['cases', 'cases.offences'])
})

it('reads what changed, and all that hangs on it', () => {
  const { mapping, kinds } = parse(`${cases}  since: mod\n${child}`)
  const { readings, whole } = planIncrementalRun(mapping, kinds, { cases: '2026-01-01' })
  const changed = [{ column: 'mod', since: '2026-01-01' }]
  expect(readings.map(({ selection }) => selection)).toEqual([
    { from: 'expediente', changed },
    { from: 'delito', changed: [{ column: 'num', among: { from: 'expediente', column: 'num', changed } }] },
  ])
  expect([...whole]).toEqual([])
})

it('reads a record too if a row that hangs on it changed', () => {
  const { mapping, kinds } = parse(`${cases}${child.replace('case: num', 'case: num, since: mod')}`)
  const { readings } = planIncrementalRun(mapping, kinds, { 'cases.offences': '7' })
  expect(readings[0]?.selection.changed).toEqual([
    { column: 'num', among: { from: 'delito', column: 'num', changed: [{ column: 'mod', since: '7' }] } },
  ])
})

it.each([
  ['nothing says when a row changed', `${cases}${child}`, {}],
  ['no run has seen a row', `${cases}  since: mod\n${child}`, {}],
  [
    'the id is made of several columns',
    `cases:\n  from: expediente\n  id: { template: "{num}-{juzgado}" }\n  since: mod\n`,
    { cases: '1' },
  ],
  [
    'the row that hangs on it has another form of the id',
    `${cases}  since: mod\n${child.replace('case: num', 'case: { column: num, replace: { "/": "-" } }')}`,
    { cases: '1' },
  ],
])('reads everything if %s', (_why, text, since) => {
  const { mapping, kinds } = parse(text)
  const { readings, whole } = planIncrementalRun(mapping, kinds, since)
  expect(readings.every(({ selection }) => selection.changed === undefined)).toBe(true)
  expect([...whole]).toEqual(kinds.map(({ name }) => name))
})

it('says of which kinds it cannot use `since`, because their ids are made of several columns', () => {
  const { mapping, kinds } = parse('cases:\n  from: expediente\n  id: { template: "{anio}-{num}" }\n  since: mod\n')
  const plan = planIncrementalRun(mapping, kinds, { cases: '2026-01-01' })
  expect([plan.readings.map(({ selection }) => selection), plan.sinceUnused]).toEqual([
    [{ from: 'expediente' }],
    ['cases'],
  ])
  // Of a first run, nobody knows from where to read on.
  expect(planIncrementalRun(mapping, kinds, {}).sinceUnused).toEqual([])
})
