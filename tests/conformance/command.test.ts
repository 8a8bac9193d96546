import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { runConformance } from '../../joining/conformance/conformance-command.ts'
import { openSidecar, type Sidecar } from '../../joining/conformance/prepare.ts'
import { answerJson, type Service, startService } from '../sidecar/upstream.ts'

/** `istmo conformance` as a national team types it. */

let service: Service
let node: Sidecar
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-conformance-command-'))
  service = await startService()
  service.answer = (response) => answerJson(response, '{"data":{"case":null}}')
  node = await openSidecar({ country: 'HN', upstreams: [{ domain: 'cases', url: service.url }] })
})
afterAll(async () => {
  await node?.close()
  await service?.close()
  await rm(folder, { recursive: true })
})

async function type(...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const streams = { out: { write: (text: string) => out.push(text) }, err: { write: (text: string) => err.push(text) } }
  const code = await runConformance(args, streams, { LANG: 'es_HN.UTF-8' })
  return { code, out: out.join(''), err: err.join('') }
}

const SMALL = ['--tries', '1', '--rows', '5', '--lang', 'en'] as const

describe('a node', () => {
  it('that conforms is told so, in the language of the terminal, with exit code 0', async () => {
    const { code, out } = await type(
      node.url,
      '--keys',
      node.folder,
      '--only',
      'rules.schema',
      '--tries',
      '1',
      '--rows',
      '5',
    )
    expect([code, out.split('\n')[1]]).toEqual([0, 'APROBADO. Lo revisado es como dice el contrato.'])
    expect(out).toMatch(/Reglas: quién puede leer qué campo +1\/1/)
  })

  it('is reported as JSON and as Markdown', async () => {
    const json = await type(node.url, '--keys', node.folder, '--only', 'tokens.none', '--json', ...SMALL)
    expect(JSON.parse(json.out)).toMatchObject({
      ...{ v: 1, verdict: 'PASSED', country: 'HN', counts: { passed: 1, failed: 0, untried: 0, all: 1 } },
      checks: [{ id: 'tokens.none', result: 'PASSED', title: 'A leg without a leg token is refused', tried: 1 }],
    })
    const markdown = await type(node.url, '--keys', node.folder, '--only', 'tokens.none', '--markdown', ...SMALL)
    expect(markdown.out).toContain(
      '| Tokens that must be refused | `tokens.none`: A leg without a leg token is refused | passed |',
    )
  })

  it('that does not know the test gateway cannot be checked: exit code 2, and what to do', async () => {
    const keys = join(folder, 'other')
    expect((await type('--prepare', keys, '--country', 'HN')).code).toBe(0)
    const { code, err } = await type(node.url, '--keys', keys, ...SMALL)
    expect([code, err]).toEqual([
      2,
      'istmo conformance: cases: came HTTP 403, CALLER_NOT_VERIFIED. Start the node with the files of --prepare, so that it believes the test gateway; compare the clocks\n',
    ])
  })

  it('that does not run cannot be checked', async () => {
    const { code, err } = await type('http://127.0.0.1:1', '--keys', node.folder, ...SMALL)
    expect([code, err]).toEqual([
      2,
      'istmo conformance: cases: came no answer. Start the node, and look at the address\n',
    ])
  })
})

/** A page of two statutes that says that there are no more, whatever is asked. */
function twoStatutes(): string {
  const edges = ['HN:CP:1', 'HN:CP:2'].map((id) => ({
    cursor: encodeCursor({ order: 'ID_ASC', key: '', id }),
    node: { id },
  }))
  const [startCursor, endCursor] = edges.map(({ cursor }) => cursor)
  const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor, endCursor }
  return JSON.stringify({ data: { page: { edges, pageInfo } } })
}

describe('a service', () => {
  it('that is wrong is told what, where, and what to do, with exit code 1', async () => {
    const wrong = await startService()
    wrong.answer = (response) => answerJson(response, twoStatutes())
    const args = [
      '--country',
      'HN',
      '--upstream',
      `legal=${wrong.url}`,
      '--only',
      'lists.next-page',
      '--only',
      'lists.ends',
    ]
    const { code, out } = await type(...args, ...SMALL)
    await wrong.close()
    expect(code).toBe(1)
    expect(out).toContain('2 checks: 1 passed, 1 failed, 0 not tried')
    expect(out).toMatch(
      /✗ lists\.next-page: `hasNextPage` says .*\n {6}Query\.statutes, ID_ASC, first: 1 of 2: expected hasNextPage: true; came hasNextPage: false\n/,
    )
    expect(out).toMatch(/What to do: Read one row more than `first`/)
  })

  it('that stops to answer ends the checks with 2, also in Spanish', async () => {
    const silent = await startService()
    const args = ['--country', 'HN', '--upstream', `legal=${silent.url}`, '--only', 'lists', '--rows', '5']
    silent.answer = (response) => {
      if (silent.came.length > 4) response.destroy()
      else answerJson(response, twoStatutes())
    }
    const { code, err } = await type(...args)
    await silent.close()
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^istmo conformance: 20 consultas seguidas no tuvieron respuesta\. /),
    ])
  })

  it('without records passes, and is not complete', async () => {
    const { url, close } = await startService()
    const args = ['--country', 'HN', '--upstream', `legal=${url}`, '--only', 'filters.statute-iccs', ...SMALL]
    const codes = [(await type(...args)).code, (await type(...args, '--complete')).code]
    await close()
    expect(codes).toEqual([0, 1])
  })
})

describe('arguments', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['nothing', [], /expected the address of a node, or --upstream DOMAIN=URL; came nothing/],
    ['a node without keys', ['http://127.0.0.1:1'], /expected --keys FOLDER: the folder of --prepare; came nothing/],
    [
      'keys that are none',
      ['http://127.0.0.1:1', '--keys', '/nowhere'],
      /--keys: expected a folder that «istmo conformance --prepare» made, with \/nowhere\/identity\.json; came no such file/,
    ],
    [
      'an address that is none',
      ['127.0.0.1:1', '--keys', '/nowhere'],
      /url: expected an http or https URL; came "127\.0\.0\.1:1"/,
    ],
    [
      'a service without a country',
      ['--upstream', 'cases=http://127.0.0.1:1/'],
      /expected --country CODE: whose service it is; came nothing/,
    ],
    ['a service of no domain', ['--upstream', 'case=http://127.0.0.1:1/'], /--upstream: expected DOMAIN=URL/],
    [
      'a service on another machine without TLS',
      ['--country', 'HN', '--upstream', 'cases=http://db.example/'],
      /--upstream/,
    ],
    [
      'a node and a service',
      ['http://127.0.0.1:1', '--upstream', 'cases=http://127.0.0.1:1/'],
      /either the address of a node with --keys, or --upstream; came both/,
    ],
    [
      'a check that is none',
      ['--country', 'HN', '--upstream', 'cases=http://127.0.0.1:1/', '--only', 'entities.ordre'],
      /--only: expected the id of a check, or of a part; came entities\.ordre/,
    ],
    ['a country that is none', ['--country', 'XX', '--prepare', '/tmp/x'], /--country: expected a code of ISO 3166-1/],
  ])('that are %s are refused with 2, and say what was expected', async (_, args, message) => {
    const { code, err } = await type(...args)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  it('of --prepare make files that only their owner can read, and print how to start the node', async () => {
    const keys = join(folder, 'prepared')
    const { code, out } = await type(
      '--prepare',
      keys,
      '--country',
      'GT',
      '--domains',
      'cases',
      '--task-force',
      'jtf-1',
    )
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`--gateway-issuer istmo-conformance --gateway-jwks ${keys}/gateway.jwks.json`),
    ])
    const names = await readdir(keys)
    expect(names.sort()).toEqual([
      'GT.yaml',
      'audit-log-refs.json',
      'audit-log.key',
      'authority.jwks.json',
      'gateway.jwks.json',
      'identity.json',
      'policies.cedar',
    ])
    const modes = await Promise.all(names.map(async (name) => (await stat(join(keys, name))).mode & 0o077))
    expect(modes.every((mode) => mode === 0)).toBe(true)
    expect(await readFile(join(keys, 'GT.yaml'), 'utf8')).toContain('id: jtf-1')
  })

  it('of --prepare keep what the country withholds, so that its node and the checks know it', async () => {
    const [rules, keys] = [join(folder, 'HN.yaml'), join(folder, 'withholding')]
    const domains = { cases: { url: 'http://127.0.0.1:1/cases' } }
    const file = { country: 'HN', name: { es: 'Honduras', en: 'Honduras' }, domains, withhold: ['Case.narrative'] }
    await writeFile(rules, JSON.stringify(file))
    const args = ['--prepare', keys, '--country', 'HN', '--domains', 'cases', '--rules', rules]
    expect(await type(...args)).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(await readFile(join(keys, 'identity.json'), 'utf8')).notPublished).toEqual(['Case.narrative'])
    expect(await readFile(join(keys, 'cases.graphql'), 'utf8')).not.toMatch(/^ {2}narrative/m)
  })

  it('that ask for help get it, as a command of `istmo`', async () => {
    const cli = join(import.meta.dirname, '../../cli/istmo.ts')
    const help = await new Promise<string>((resolve) => {
      execFile(process.execPath, [cli, 'conformance', '--help'], (_, stdout) => resolve(stdout))
    })
    expect(help).toMatch(/^Usage: istmo conformance/)
  })
})
