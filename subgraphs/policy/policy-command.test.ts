import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runPolicyCommand } from './policy-command.ts'

const COUNTRIES = join(import.meta.dirname, '..', '..', 'countries')
const EXAMPLE = join(COUNTRIES, 'HN.policy-test.yaml')

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-policy-'))
})
afterAll(() => rm(folder, { recursive: true }))

function run(...args: readonly string[]) {
  return runIn({}, ...args)
}

/** As {@link run}, in a terminal with this environment. */
async function runIn(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  let [out, err] = ['', '']
  const write = { out: { write: (text: string) => (out += text) }, err: { write: (text: string) => (err += text) } }
  return { code: await runPolicyCommand(args, write, env), out, err }
}

/** Writes the example's table with the text `from` replaced by `to`, and returns the path of the file. */
async function altered(from: string, to: string): Promise<string> {
  const file = join(folder, 'table.yaml')
  const text = await readFile(EXAMPLE, 'utf8')
  expect(text).toContain(from)
  await writeFile(file, text.replace(from, to).replace('rules: HN.yaml', `rules: ${join(COUNTRIES, 'HN.yaml')}`))
  return file
}

it('reports that the example’s verdicts are all as expected', async () => {
  expect(await run('test', EXAMPLE)).toEqual({ code: 0, out: '21 verdicts, all as expected\n', err: '' })
})

it('names each verdict that differs, in words or as JSON', async () => {
  const file = await altered('investigating: POLICY', 'investigating: allowed')
  const { code, out } = await run('test', file)
  expect([code, out]).toEqual([
    1,
    'Case.narrative, investigating: expected allowed; came POLICY\n1 of 21 verdicts differ\n',
  ])
  const json = await run('test', file, '--json')
  expect(json.code).toBe(1)
  expect(JSON.parse(json.out)).toEqual({
    tried: 21,
    mismatches: [{ coordinate: 'Case.narrative', caller: 'investigating', expected: 'allowed', came: 'POLICY' }],
  })
})

it('warns of rules that do not end with a line break, because they may be cut off', async () => {
  const rules = join(folder, 'rules')
  await cp(COUNTRIES, rules, { recursive: true })
  const file = join(rules, 'HN.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).trimEnd())
  expect(await run('test', EXAMPLE, '--rules', file)).toEqual({
    ...{ code: 0, out: '21 verdicts, all as expected\n' },
    err: expect.stringContaining(`WARNING: ${file}: expected a last line break; came none.`),
  })
})

it('tries another country’s rules', async () => {
  const { code, out } = await run('test', EXAMPLE, '--rules', join(COUNTRIES, 'SV.yaml'))
  expect(code).toBe(1)
  expect(out).toContain('Case.narrative, prosecutor: expected allowed; came TASK_FORCE_NOT_RECOGNISED\n')
})

it('evaluates policies at the table’s time', async () => {
  const file = await altered('2026-11-24T12:00:00Z', '2036-03-31T00:00:00Z')
  expect((await run('test', file)).out).toContain('Person.addresses, prosecutor: expected allowed; came POLICY\n')
})

it('compares two copies in the language of the terminal, or of --lang', async () => {
  const other = join(folder, 'countries')
  await cp(COUNTRIES, other, { recursive: true })
  const copy = join(other, 'HN.yaml')
  const text = await readFile(copy, 'utf8')
  await writeFile(copy, `${text}\nrowsPerDay: 10\nwithhold: [Case.court]\n`)
  const [own, both] = [join(COUNTRIES, 'HN.yaml'), { LANG: 'es_HN.UTF-8' }]
  const linesOf = ({ code, out }: Awaited<ReturnType<typeof run>>) => [code, out.split('\n').map((line) => line.trim())]
  const spanish = await runIn(both, 'diff', own, copy)
  expect(linesOf(spanish)).toEqual([
    1,
    [
      expect.stringMatching(/^cases Case\.court +menos estricto {2}aquí: permisos .*; allá: sin publicar$/),
      expect.stringMatching(/^rowsPerDay +menos estricto {2}aquí: 20000; allá: 10$/),
      expect.stringMatching(/^0 más estrictos, 2 menos estrictos, 0 distintos, \d+ iguales$/),
      '',
    ],
  ])
  expect((await runIn(both, 'diff', own, copy, '--lang', 'en')).out).toMatch(
    /^cases Case\.court +looser {5}here: scopes .*; there: not published\nrowsPerDay +looser {5}here: 20000; there: 10\n0 tighter, 2 looser, /,
  )
  expect((await run('diff', own, own)).code).toBe(0)
})

it.each([
  [[], /expected a command; came nothing/],
  [['test'], /<file>: expected the path of a YAML file; came nothing/],
  [['try', EXAMPLE], /unknown command 'try'/],
  [['test', EXAMPLE, 'b'], /expected no more arguments than <file>; came/],
  [['test', EXAMPLE, '--fast'], /unknown option '--fast'/],
  [['test', 'no.yaml'], /no\.yaml: expected a YAML file/],
  [
    ['test', EXAMPLE, '--rules', 'no.yaml'],
    /no\.yaml: expected a YAML file: there is no such file or folder \(ENOENT\)/,
  ],
])('exits with 2 for the arguments %j', async (args, message) => {
  const { code, err } = await run(...args)
  expect(code).toBe(2)
  expect(err).toMatch(message)
})

it.each([
  ['Case.status', 'Case.colour', /verdicts: Case\.colour: no domain of HN has this coordinate/],
  [
    'nobody: AUTHENTICATED }',
    'somebody: AUTHENTICATED }',
    /verdicts: Case\.status: expected one of the callers; came somebody/,
  ],
  ['analyst: SCOPES', 'analyst: REFUSED', /verdicts\.Case\.narrative\.analyst: expected .* or .*; came something else/],
  ['role: prosecutor', 'rank: prosecutor', /callers\.prosecutor: there is no setting rank here \(line 8\)/],
])('exits with 2 for a table in which %s is replaced by %s', async (from, to, message) => {
  const { code, err } = await run('test', await altered(from, to))
  expect(code).toBe(2)
  expect(err).toMatch(message)
})
