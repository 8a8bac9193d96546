import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { runCheckCommand } from '../../joining/check/check-command.ts'

/** `istmo check` as a person types it: exit codes, languages, and the parts that need no database. */

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-check-command-'))
  cpSync('countries', folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []]
  const streams = { out: { write: (text: string) => out.push(text) }, err: { write: (text: string) => err.push(text) } }
  const code = await runCheckCommand(args, streams, env)
  return { code, out: out.join(''), err: err.join('') }
}

interface Document {
  readonly parts: readonly { readonly name: string; readonly state: string }[]
  readonly findings: readonly {
    readonly id: string
    readonly place: string
    readonly expected: string
    readonly came: string
  }[]
}

async function findingsOf(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { out } = await run([...args, '--json'], env)
  return (JSON.parse(out) as Document).findings.map(({ id, place }) => `${id} ${place}`)
}

/** Writes a country's file, changed, with its neighbours. */
function put(name: string, changes: readonly (readonly [string, string])[], file = name): string {
  const text = changes.reduce(
    (before, [from, to]) => {
      if (!before.includes(from)) throw new Error(`expected ${from} in ${name}`)
      return before.replace(from, to)
    },
    readFileSync(join('countries', name), 'utf8'),
  )
  writeFileSync(join(folder, file), text)
  return join(folder, file)
}

const HN = ['--country', 'HN', '--rules', 'countries/HN.yaml', '--only', 'rules,sdl,graph']

describe('the exit code', () => {
  it.each<[string, readonly string[], number]>([
    ['0 if what was checked is well', ['--country', 'UN', '--rules', 'countries/UN.yaml', '--only', 'rules,sdl'], 0],
    [
      '0 although a part could not be checked',
      ['--country', 'UN', '--rules', 'countries/UN.yaml', '--only', 'sdl,graph'],
      0,
    ],
    [
      '1 for that with --complete',
      ['--country', 'UN', '--rules', 'countries/UN.yaml', '--only', 'sdl,graph', '--complete'],
      1,
    ],
    ['1 for a warning', HN, 1],
    ['1 for a file of another country', ['--country', 'NI', '--rules', 'countries/HN.yaml', '--only', 'rules'], 1],
    ['2 without a country', [], 2],
    ['2 for a country that does not exist', ['--country', 'XX'], 2],
    ['2 for a domain that does not exist', ['--country', 'HN', '--domains', 'weather'], 2],
    ['2 for a part that does not exist', ['--country', 'HN', '--only', 'weather'], 2],
    ['2 for a language that we do not speak', [...HN, '--lang', 'fr'], 2],
    ['2 for two forms', [...HN, '--json', '--markdown'], 2],
    ['2 for two databases', ['--country', 'HN', '--database-url', 'postgres://x', '--database-folder', 'x'], 2],
    ['2 for a folder that does not exist', ['--country', 'HN', '--database-folder', 'does/not/exist'], 2],
    ['2 for a supergraph that cannot be read', [...HN, '--supergraph', 'does/not/exist'], 2],
    ['2 for a country file that does not exist', ['--country', 'HN', '--rules', 'does/not/HN.yaml'], 2],
    ['2 for an earlier country file that does not exist', [...HN, '--before', 'does/not/HN.yaml'], 2],
    ['0 for --help', ['--help'], 0],
  ])('is %s', async (_, args, code) => {
    const ran = await run(args)
    expect(ran.code, ran.err + ran.out).toBe(code)
    if (code === 2) expect(ran.err).toMatch(/^istmo check: .*expected/s)
  })
})

it('never shows the password of a database', async () => {
  const { out, err, code } = await run([
    '--country',
    'HN',
    '--database-url',
    'postgres://istmo:s3cret@127.0.0.1:1/x',
    '--only',
    'rows',
  ])
  expect([code, `${out}${err}`]).toEqual([1, expect.stringMatching(/DATABASE_UNUSABLE(.|\n)*stop the node first/)])
  expect(out + err).not.toContain('s3cret')
  expect((await run(['--country', 'HN', '--database-url', 'mysql://istmo:s3cret@x'])).err).not.toContain('s3cret')
})

describe('the graph of a gateway', () => {
  it.each<[string, (graph: string) => string, string, string]>([
    [
      'without the domain',
      (graph) => graph.replace('name: "legal"', 'name: "other"'),
      'GRAPH_WRONG domains.legal.sdl',
      'legal',
    ],
    [
      'that demands more than the contract of this version',
      (graph) =>
        graph.replace('@requiresScopes(scopes: [["person:location"]])', '@requiresScopes(scopes: [["person:read"]])'),
      'GRAPH_LOOSER',
      'persons',
    ],
  ])('%s is one finding at least, and nothing else', async (_, change, expected, domain) => {
    const file = join(folder, 'changed.graphql')
    writeFileSync(file, change(readFileSync('supergraph.graphql', 'utf8')))
    const args = ['--country', 'HN', '--rules', 'countries/HN.yaml', '--domains', domain, '--only', 'graph']
    const found = await findingsOf([...args, '--supergraph', file])
    expect(found.length).toBeGreaterThan(0)
    expect(found.filter((each) => !each.startsWith(expected))).toEqual([])
  })
})

describe('the language', () => {
  it.each<[readonly string[], Readonly<Record<string, string>>, string]>([
    [[], {}, 'Check of HN'],
    [[], { LANG: 'es_HN.UTF-8' }, 'Comprobación de HN'],
    [['--lang', 'en'], { LANG: 'es_HN.UTF-8' }, 'Check of HN'],
    [['--lang', 'es'], {}, 'Comprobación de HN'],
  ])('of %j with %j begins the report with «%s»', async (args, env, title) => {
    expect((await run([...HN, ...args], env)).out).toMatch(new RegExp(`^${title}\\n`))
    expect((await run([...HN, ...args, '--markdown'], env)).out).toMatch(new RegExp(`^# ${title}\\n`))
  })
})

it('takes the country file from the environment of a node', async () => {
  const found = await findingsOf(['--country', 'HN', '--only', 'rules'], { RULES_FILE: 'countries/HN.yaml' })
  expect(found).toEqual(['TASK_FORCE_WITHOUT_CALLERS callers'])
})

it('warns of a scope that nothing asks for, and names the one that may be meant', async () => {
  cpSync('countries', join(folder, 'scopes'), { recursive: true })
  const file = join(folder, 'scopes/HN.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('case:count', 'case:cuont'))
  const { out, code } = await run(['--country', 'HN', '--only', 'rules', '--rules', file], {})
  expect(code).toBe(1)
  expect(out).toMatch(
    /^WARNING SCOPE_UNKNOWN taskForces \S+\n.*\n.*case:cuont, so nobody.*\n.*Did you mean case:count\?$/m,
  )
  const policy = join(folder, 'scopes/HN.cedar')
  writeFileSync(policy, `${readFileSync(policy, 'utf8')}\n// "case:cuont"\n`)
  expect(await findingsOf(['--country', 'HN', '--only', 'rules', '--rules', file], {})).toEqual([
    'TASK_FORCE_WITHOUT_CALLERS callers',
  ])
})

it('says that a part was not checked because the file is wrong, and not that it is missing', async () => {
  const file = join(folder, 'HN.yaml')
  writeFileSync(file, 'country: HN\n')
  const { out } = await run(['--country', 'HN', '--only', 'rules,sdl', '--rules', file], {})
  expect(out.match(/expected: a country file that can be used\n {2}came: one that cannot be used/g)).toHaveLength(2)
  expect(out).not.toContain('--rules FILE')
})

it('warns of each file of the rules that does not end with a line break', async () => {
  const cut = ['HN.yaml', 'HN.cedar'].map((name) => join(folder, 'cut', name))
  cpSync('countries', join(folder, 'cut'), { recursive: true })
  for (const file of cut) writeFileSync(file, readFileSync(file, 'utf8').trimEnd())
  const found = await findingsOf(['--country', 'HN', '--only', 'rules', '--rules', join(folder, 'cut/HN.yaml')], {})
  expect(found).toEqual([...cut.map((file) => `RULES_CUT_OFF ${file}`), 'TASK_FORCE_WITHOUT_CALLERS callers'])
})

describe('the countries of the demo', () => {
  it.each(['GT', 'HN', 'PA', 'SV', 'UN'])('%s publishes what contract and graph take', async (country) => {
    const args = [
      '--country',
      country,
      '--rules',
      `countries/${country}.yaml`,
      '--supergraph',
      'supergraph.graphql',
      '--only',
      'sdl,graph',
    ]
    const found = await findingsOf(args)
    expect(found.filter((one) => !/^SDL_LEAVES_OUT|^SDL_ADDS/.test(one))).toEqual([])
  })
})

/** El Salvador with an SDL of its own in place of its patch. */
const OWN_SDL = [
  ['4004/persons\n', '4004/persons\n    sdl: SV.persons.graphql\n'],
  ['tighten:\n  Person.birthDate: { scopes: [["sv:birth-date"]] }\n', ''],
] as const

describe('a fault of an SDL is one finding', () => {
  const persons = domainSdl('persons')
  it.each<[string, string, string, string]>([
    ['a rule that is gone', ' @policy(policies: [["location_release"]])', '', 'SDL_LOOSER Person.addresses'],
    [
      'a mark of personal data that is gone',
      'birthPlace: String @requiresScopes(scopes: [["person:read"]]) @pii(class: IDENTITY)',
      'birthPlace: String @requiresScopes(scopes: [["person:read"]])',
      'PII_DROPPED Person.birthPlace',
    ],
    ['a field that does not follow', 'sex: Sex', 'sex: String', 'SDL_WRONG domains.persons.sdl:'],
    [
      'a field of its own without a rule for personal data',
      'type PageInfo @shareable {',
      'type PageInfo @shareable { owner: String @pii(class: IDENTITY)',
      'PII_WITHOUT_RULE PageInfo.owner',
    ],
    [
      'an argument that is gone',
      'orderBy: PersonOrder = BEST_MATCH)',
      'order: PersonOrder = BEST_MATCH)',
      'SDL_BREAKS Query.persons(orderBy:)',
    ],
    [
      'a field that is left out',
      'birthPlace: String @requiresScopes(scopes: [["person:read"]]) @pii(class: IDENTITY)',
      '',
      'SDL_LEAVES_OUT Person.birthPlace',
    ],
    [
      'a field of its own',
      '  birthPlace: String',
      '  nickname: String\n  birthPlace: String',
      'SDL_ADDS Person.nickname',
    ],
    ['an entity without its key', 'type Person @key(fields: "id")', 'type Person', 'SDL_BREAKS Person'],
  ])('%s', async (_, from, to, expected) => {
    expect(persons).toContain(from)
    writeFileSync(join(folder, 'SV.persons.graphql'), persons.replace(from, to))
    const rules = put('SV.yaml', OWN_SDL)
    const args = ['--country', 'SV', '--rules', rules, '--supergraph', 'supergraph.graphql', '--only', 'sdl,graph']
    const found = (await findingsOf(args)).filter(
      (one) => !expected.startsWith('SDL_BREAKS Query') || !one.startsWith('SDL_ADDS'),
    )
    expect(found.map((one) => one.replace(/:\d+$/, ':'))).toEqual([expected])
  })
})

describe('the registered operations', () => {
  it('that do not fit the graph, or ask for fields that are not published, are named', async () => {
    const file = join(folder, 'documents.json')
    const documents = {
      right: '{ legalInstruments(binding: ["GT"]) { instruments { id } } }',
      partly: '{ statutes(iccs: ["0101"]) { edges { node { id } } } }',
      wrong: '{ statutes { weather } }',
      broken: '{',
    }
    writeFileSync(file, JSON.stringify(documents))
    const args = [
      '--country',
      'UN',
      '--rules',
      'countries/UN.yaml',
      '--only',
      'operations',
      '--supergraph',
      'supergraph.graphql',
    ]
    expect(await findingsOf([...args, '--operations', file])).toEqual([
      'OPERATION_PARTLY operation partly',
      'OPERATION_WRONG operation wrong',
      'OPERATION_WRONG operation broken',
    ])
    expect((await run([...args, '--operations', 'supergraph.graphql'])).code).toBe(2)
    expect(await findingsOf(args)).toEqual(['NOT_CHECKED operations'])
  })
})
