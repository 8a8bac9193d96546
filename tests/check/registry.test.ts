import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { JOINING_COMMANDS } from '../../cli/commands/joining.ts'
import { LANGUAGES } from '../../contract/language.ts'
import { PROBE_STEPS } from '../../contract/probe.ts'
import { FINDINGS } from '../../joining/check/finding.ts'
import { describeFinding } from '../../joining/check/report.ts'
import { CHECKS } from '../../joining/conformance/conformance-command.ts'
import { sayCheck } from '../../joining/conformance/report.ts'
import { NODE_MUTANTS } from '../conformance/mutants/of-nodes.ts'
import { SERVICE_MUTANTS } from '../conformance/mutants/of-services.ts'

/** Every check of a country, wherever it stands: each has an id, words in both languages, and a planted fault that it finds. */

const IDS = Object.keys(FINDINGS) as readonly string[]

/** The tests that plant faults, by where the check stands. */
const MUTANTS = { ...NODE_MUTANTS, ...SERVICE_MUTANTS }
const PLANTED = {
  inside: readAll('tests/check/*.ts', 'tests/running/*.ts', 'joining/running/*.test.ts', 'tests/join/*.ts'),
  outside: readAll('tests/conformance/*.test.ts'),
  gateway: readAll('tests/join/*.ts'),
}

/** Faults that no test can plant yet: they need a full disk, a slow machine, a partner that lags, or a node of an earlier version. */
const NOT_PLANTED: readonly string[] = [
  ...['CHECK_FAILED', 'SEARCH_SHOWS_PROTECTED', 'ANSWER_SLOW', 'PLAN_READS_ALL'],
  ...['CLOCK_UNSYNCED', 'LOG_STALE', 'LOG_AHEAD', 'LOG_UNWITNESSED', 'DISK_LOW', 'DISK_GROWTH', 'DISK_UNKNOWN'],
  ...['PORT_NODE_NOT_READY', 'PROOF_OLD'],
]

function readAll(...globs: readonly string[]): string {
  const files = globs.flatMap((glob) => globSync(glob)).filter((file) => !file.endsWith('registry.test.ts'))
  return files.map((file) => readFileSync(file, 'utf8')).join('\n')
}

const isNamed = (id: string, text: string): boolean =>
  new RegExp(`(?<![\\w.])${id.replace('.', '\\.')}(?![\\w-])`).test(text)

describe('each check of a country', () => {
  it('has an id that no other has', () => {
    const ids = [...IDS, ...CHECKS.map(({ id }) => id), ...PROBE_STEPS]
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })

  it.each(LANGUAGES)('has words: %s', (language) => {
    const wordless = IDS.filter((id) => describeFinding({ id, place: 'x' }, language).came === '')
    const untitled = CHECKS.filter((check) =>
      (['title', 'remedy'] as const).some((text) => sayCheck(check, text, language).startsWith('checks.')),
    )
    expect([...wordless, ...untitled.map(({ id }) => id)]).toEqual([])
  })

  it('has a planted fault that it finds, if there is something to do about it', () => {
    const faults = IDS.filter((id) => FINDINGS[id] === 'error' || FINDINGS[id] === 'warning')
    const unplanted = [
      ...faults.filter((id) => !isNamed(id, PLANTED.inside)),
      ...CHECKS.map(({ id }) => id).filter((id) => !Object.hasOwn(MUTANTS, id) && !isNamed(id, PLANTED.outside)),
      ...PROBE_STEPS.filter((step) => !isNamed(step, PLANTED.gateway)),
    ]
    expect([...unplanted].sort()).toEqual([...NOT_PLANTED].sort())
  })
})

it.each([
  ['--inside', 'istmo doctor'],
  ['--outside', 'istmo conformance'],
  ['--from-gateway', 'istmo probe'],
  ['--json', 'istmo check'],
])('istmo check %s is %s', async (flag, command) => {
  const written: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  try {
    await JOINING_COMMANDS.find(({ name }) => name === 'check')?.run([flag, '--help'])
  } finally {
    write.mockRestore()
  }
  expect(written.join('')).toContain(`Usage: ${command}`)
})

it('istmo check refuses two judges at once', async () => {
  const check = JOINING_COMMANDS.find(({ name }) => name === 'check')
  await expect(check?.run(['--inside', '--outside'])).rejects.toThrow(
    'expected one of --inside, --outside, --from-gateway; came --inside and --outside',
  )
})
