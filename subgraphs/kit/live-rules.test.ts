import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type LiveRules, openLiveRules } from './live-rules.ts'
import type { CountryRules } from './rules.ts'

/** tests/suspend/live-rules.test.ts asks a node whose rules change. */

const FILE = `country: HN
name: { es: Honduras, en: Honduras }
domains:
  cases: { url: "http://127.0.0.1:1/cases" }
policies: HN.cedar
rowsPerDay: 10
`
const POLICY = '@id("a") @policy("p") permit (principal, action, resource);\n'

let folder: string
let live: LiveRules
let prepared: CountryRules | null
let onPrepare: () => Promise<void>
const logged: Readonly<Record<string, unknown>>[] = []
const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
const lastError = (): string => JSON.stringify(logged.findLast(({ level }) => level === 50) ?? null)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-live-rules-'))
  await put('HN.yaml', FILE)
  await put('HN.cedar', POLICY)
  logged.length = 0
  onPrepare = async () => undefined
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
  live = await openLiveRules({
    ...{ file: join(folder, 'HN.yaml'), country: 'HN', served: new Map(), isSuspended: () => false, log },
    async prepare(rules) {
      prepared = rules
      await onPrepare()
    },
  })
})
afterEach(async () => {
  await live.close()
  await rm(folder, { recursive: true })
})

it('a file of which only a half is written changes nothing, although the half can be read', async () => {
  await put('HN.yaml', FILE.slice(0, FILE.indexOf('\nrowsPerDay')))
  await live.reload()
  expect(live.current().rowsPerDay).toBe(10)
  expect(lastError()).toMatch(/HN.yaml: expected a file that ends with a line break.*may be cut off/)
  await put('HN.yaml', FILE.replace('10', '11'))
  await live.reload()
  expect(live.current().rowsPerDay).toBe(11)
})

it('no part of a node decides by other rules than the rest, also if the file is gone at that moment', async () => {
  onPrepare = () => rm(join(folder, 'HN.yaml'))
  await put('HN.yaml', FILE.replace('10', '11'))
  await live.reload()
  expect(prepared?.rowsPerDay).toBe(11)
  expect(live.current()).toBe(prepared)
})

it('policies of which only a half is written change nothing either', async () => {
  await put('HN.cedar', `${POLICY}@id("b") forbid (principal, action, resource);`)
  await live.reload()
  expect(live.current().access.policies.text).toBe(POLICY)
  expect(lastError()).toContain('HN.cedar: expected a file that ends with a line break')
})

it('a file that never ended with a line break is taken as it is', async () => {
  await put('HN.yaml', `${FILE}# the end\n`)
  await live.reload()
  await live.close()
  await put('HN.yaml', FILE.trimEnd())
  const log = pino({ level: 'silent' })
  live = await openLiveRules({
    ...{ file: join(folder, 'HN.yaml'), country: 'HN', served: new Map(), isSuspended: () => false, log },
    prepare: async () => undefined,
  })
  await put('HN.yaml', FILE.trimEnd().replace('10', '12'))
  await live.reload()
  expect(live.current().rowsPerDay).toBe(12)
})

/** What was told of rules that became looser, once the comparison of the last change has ended. */
const looser = () =>
  logged
    .filter(({ msg }) => String(msg).includes('LOOSER'))
    .map(({ level, place, before, after }) => [level, place, before, after])

it('a file that became looser is told in words, each rule once, and one that became stricter is not', async () => {
  await put('HN.yaml', FILE.replace('10', '50'))
  await live.reload()
  await vi.waitFor(() => expect(looser()).toEqual([[40, 'rowsPerDay', '10', '50']]))
  await put(
    'HN.cedar',
    `${POLICY}@id("b") @policy("release") permit (principal, action, resource) when { principal has role };\n`,
  )
  await live.reload()
  await vi.waitFor(() => expect(looser()).toHaveLength(2))
  expect(looser()[1]).toEqual([40, '@policy "release"', 'denied', expect.stringMatching(/^allowed: /)])
  await put('HN.yaml', FILE)
  await put('HN.cedar', POLICY)
  await live.reload()
  expect(live.current().rowsPerDay).toBe(10)
  await live.close()
  expect(looser()).toHaveLength(2)
})

it('a correction is in force before it is told what the change before it made looser', async () => {
  const attributes = ['role', 'agency', 'country', 'client', 'taskForce']
  const same = attributes.map((name) => `principal has ${name} && ["1", "2"].contains(principal.${name})`)
  await put(
    'HN.cedar',
    `${POLICY}@id("b") @policy("p") forbid (principal, action, resource) when { ${same.join(' && ')} };\n`,
  )
  await put('HN.yaml', FILE.replace('10', '50'))
  await live.reload()
  expect([live.current().rowsPerDay, looser()]).toEqual([50, []])
  await put('HN.yaml', FILE)
  await live.reload()
  expect([live.current().rowsPerDay, looser()]).toEqual([10, []])
  await live.close()
  expect(looser()).toEqual([[40, 'rowsPerDay', '10', '50']])
})

it('a policy for a field that there is not is a warning at the start and at each change', async () => {
  await put('HN.cedar', `${POLICY}@id("b") forbid (principal, action, resource == Field::"Case.narative");\n`)
  await live.reload()
  expect(logged).toContainEqual(
    expect.objectContaining({ level: 40, policy: 'b', fault: expect.stringContaining('Case.narative') }),
  )
})
