import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { openLog } from '../../audit/log/log.ts'
import { parseSignerFile, parseSignerKey } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { parseRotation } from '../../audit/note/rotation.ts'
import { readGraphFiles } from '../../gateway/process/load-graph.ts'
import { runJoin } from '../../joining/join/join-command.ts'
import { readNodePlace } from '../../joining/running/node-place.ts'
import { addGatewayKeys, dropGatewayKey, leadsToLogKey } from '../../joining/running/rotate-command.ts'
import { dropOldKey, replaceLogKey } from '../../service/audit-log/replace-key.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { readNodeConfig } from '../../subgraphs/kit/config.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'
import { runPolicyCommand } from '../../subgraphs/policy/policy-command.ts'

/** The folder that `istmo join` makes. */

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'istmo-folder-'))
})
afterEach(() => rm(root, { recursive: true }))

const FLAGS = ['--country', 'NI', '--address', 'istmo.mp.gob.ni', '--contact', 'Unidad, +505 2222 0000']
const PASSWORD = 'xyzzy-plugh'

/** A text of the longest form, with each sign that YAML, a shell or systemd could take for something else, and one that ends a line in Unicode. */
const ODD = `- #=: {}[],&*!|>%@~;()<>? ñ «ü» \u2028\u00a0\u{1F4DE} ${'é'.repeat(158)}`

type Answered = Readonly<
  Record<'country' | 'address' | 'contact' | 'name-es' | 'name-en' | 'log-name' | 'database', string>
> &
  Readonly<Partial<Record<'port' | 'listen' | 'gateway-name' | 'gateway-keys' | 'witness' | 'tls' | 'domains', string>>>

/** Answers at the limits of what is taken. */
const EXTREME: readonly (readonly [string, Answered])[] = [
  [
    'the least',
    {
      country: 'UN',
      address: 'a',
      contact: '0',
      'name-es': 'null',
      'name-en': 'true',
      'log-name': 'a.b/c',
      database: 'embedded',
    },
  ],
  [
    'numbers and words that YAML knows',
    {
      ...{ country: 'NO', address: '2001:db8::1', contact: '0123', 'name-es': '2026-12-01', 'name-en': '~', port: '1' },
      ...{
        'log-name': '1e5/0x10',
        database: 'embedded',
        'gateway-name': 'yes',
        listen: '::',
        tls: 'csr',
        domains: 'legal',
      },
    },
  ],
  [
    'the longest, with all signs',
    {
      ...{
        country: 'NI',
        address: 'istmo.mp.gob.ni',
        contact: ODD,
        'name-es': ` ${ODD}`,
        'name-en': ODD,
        port: '65535',
      },
      ...{ 'log-name': `a.b/${'c'.repeat(90)}`, 'gateway-name': ODD, listen: '255.255.255.255' },
      ...{
        database: 'postgres://u:p%40%23%24;&=@/istmo?host=/run/postgresql&x=*~!(|)',
        witness: 'https://[2001:db8::1]/w',
      },
      'gateway-keys': 'https://istmo.example/keys?a=1&b=#c;%20',
    },
  ],
]

/** Runs the command, with answers typed by a person if they are given. Returns its exit code and what it wrote. */
async function run(args: readonly string[], typed: readonly string[] | null = null) {
  let output = ''
  const stream = { write: (text: string) => (output += text) }
  const left = [...(typed ?? [])]
  const asked: string[] = []
  const terminal = {
    ask: async (question: string) => {
      asked.push(question)
      return left.shift() ?? null
    },
    close: () => undefined,
  }
  const code = await runJoin(args, {
    ...{ streams: { out: stream, err: stream }, env: { LANG: 'C' }, now: Date.now, cwd: () => root },
    openTerminal: () => (typed === null ? null : terminal),
  })
  return { code, output, asked }
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  return names.filter((name) => name.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

describe('the folder of a country', () => {
  it('has each setting of a node, and a node reads them as they were answered', async () => {
    await run([
      'ni',
      '--yes',
      ...FLAGS,
      '--database',
      `postgres://istmo:${PASSWORD}@db.mp.gob.ni/istmo?sslmode=require`,
    ])
    const text = await readFile(join(root, 'ni/node.env'), 'utf8')
    for (const { variable } of Object.values(NODE_SETTINGS)) expect(text).toMatch(new RegExp(`^#?${variable}=`, 'm'))
    expect(readNodeConfig({}, parseEnv(text))).toMatchObject({
      ...{ country: 'NI', domains: ['cases', 'persons', 'legal'], host: '0.0.0.0', port: 4443, development: false },
      ...{ contactPoint: 'Unidad, +505 2222 0000', rules: 'rules/NI.yaml', gatewayJwks: 'gateway/leg.jwks.json' },
      databaseUrl: `postgres://istmo:${PASSWORD}@db.mp.gob.ni/istmo?sslmode=require`,
    })
  })

  it('has secrets that only its user can read, and none of them in the bundle', async () => {
    await run(['ni', '--yes', ...FLAGS, '--database', `postgres://istmo:${PASSWORD}@db/istmo`])
    const files = await listFiles(join(root, 'ni'))
    const secrets = await filter(files, async (file) => isSecret(await readFile(file, 'utf8')))
    expect(secrets.map((file) => file.slice(join(root, 'ni/').length)).sort()).toEqual([
      ...['keys/audit-log-refs.json', 'keys/audit-log.key', 'keys/node.jwk.json', 'keys/suspenders/NI.jwk.json'],
      ...['keys/witness.key', 'node.env', 'tls/ca/ca.key.pem', 'tls/node.key.pem'],
    ])
    for (const file of secrets) expect([file, (await stat(file)).mode & 0o077]).toEqual([file, 0])
    const bundle = files.filter((file) => file.includes('/bundle/'))
    expect(bundle.length).toBeGreaterThan(5)
  })

  it('has a witness that follows the country’s file, and a bundle by which the authorities of others can list it', async () => {
    await run(['ni', '--yes', ...FLAGS])
    const files = await readAll()
    const { vkey } = parseSignerKey(files.get('keys/witness.key')?.trim() ?? '').verifier
    const policy = files.get('bundle/NI/witness.policy') ?? ''
    expect(policy).toBe(`witness ni-1 ${vkey} http://istmo.mp.gob.ni:4106/\n`)
    expect(parsePolicy(`${policy}quorum none\n`).witnesses.map(({ name }) => name)).toEqual(['ni-1'])
    expect(parse(files.get('witness.yaml') ?? '')).toEqual({
      ...{ key: 'keys/witness.key', folder: 'witness', rules: 'rules/NI.yaml', host: '0.0.0.0', port: 4106 },
    })
    expect(files.get('systemd/istmo-node.service')).toMatch(/^Wants=.*\bistmo-witness\.service/m)
    expect(files.get('rules/NI.yaml')).toContain(`#   witnesses: [${vkey}]`)
    for (const page of ['NEXT.md', 'bundle/NI/NI.yaml']) expect(files.get(page)).toContain(vkey)
  })

  it('recognises nobody, and its table of verdicts says so', async () => {
    await run(['ni', '--yes', ...FLAGS])
    let output = ''
    const stream = { write: (text: string) => (output += text) }
    const table = join(root, 'ni/rules/NI.policy-test.yaml')
    expect([await runPolicyCommand(['test', table], { out: stream, err: stream }), output]).toEqual([
      0,
      '10 verdicts, all as expected\n',
    ])
  })

  it('is kept by a second run, which replaces no key, completes what is missing, and writes the bundle again', async () => {
    await run(['ni', '--yes', ...FLAGS])
    const before = await readAll()
    await rm(join(root, 'ni/systemd/istmo-node.service'))
    await rm(join(root, 'ni/keys/suspenders'), { recursive: true })
    const rules = join(root, 'ni/rules/NI.yaml')
    await writeFile(rules, `${await readFile(rules, 'utf8')}withhold: [Case.narrative]\n`)
    const { code, output } = await run(['ni', '--yes'])
    expect([code, output]).toEqual([0, expect.stringContaining('made   systemd/istmo-node.service')])
    expect(output).toContain('kept   keys/audit-log.key')
    expect(output).not.toMatch(/made {3}(keys|tls|rules|node\.env)/)
    const after = await readAll()
    expect(after.get('bundle/NI/NI.yaml')).toContain('withhold: [Case.narrative]')
    expect(after.get('bundle/NI/sdl/cases.graphql')).not.toMatch(/^ {2}narrative/m)
    // The security officer has taken the key away.
    expect(after.has('keys/suspenders/NI.jwk.json')).toBe(false)
    for (const path of [...before.keys()].filter(
      (name) => /^(keys\/\w|tls|node\.env|gateway)/.test(name) && !/suspenders/.test(name),
    ))
      expect([path, after.get(path)]).toEqual([path, before.get(path)])
  })

  it('takes the gateway’s files when they come, and does not replace them by others', async () => {
    await run(['ni', '--yes', ...FLAGS])
    const keys = join(root, 'leg.jwks.json')
    await writeFile(keys, '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}')
    expect(await readFile(join(root, 'ni', 'NEXT.md'), 'utf8')).toContain('has no key yet')
    expect((await run(['ni', '--yes', '--gateway-keys', 'leg.jwks.json'])).code).toBe(0)
    expect(await readFile(join(root, 'ni/gateway/leg.jwks.json'), 'utf8')).toContain('"x":"AA"')
    expect(await readFile(join(root, 'ni', 'NEXT.md'), 'utf8')).not.toContain('has no key yet')
    await writeFile(keys, '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"BB"}]}')
    const { code, output } = await run(['ni', '--yes', '--gateway-keys', 'leg.jwks.json'])
    expect([code, output]).toEqual([2, expect.stringContaining('expected the file that is there')])
    expect(await readFile(join(root, 'ni/gateway/leg.jwks.json'), 'utf8')).toContain('"x":"AA"')
  })

  it('writes the bundle after the gateway’s key was replaced, also if the first file is gone', async () => {
    const keys = join(root, 'leg.jwks.json')
    await writeFile(keys, '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"a"}]}')
    await run(['ni', '--yes', ...FLAGS, '--gateway-keys', 'leg.jwks.json'])
    const place = join(root, 'ni/gateway/leg.jwks.json')
    await writeFile(join(root, 'new.json'), '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"BB","kid":"b"}]}')
    expect(await addGatewayKeys(place, join(root, 'new.json'))).toEqual(['a', 'b'])
    expect((await run(['ni', '--yes'])).code).toBe(0)
    await dropGatewayKey(place, 'a')
    await rm(keys)
    expect((await run(['ni', '--yes'])).code).toBe(0)
    expect(await readFile(place, 'utf8')).toContain('"BB"')
    expect(await readFile(place, 'utf8')).not.toContain('"AA"')
  })

  it('has the proof of each replaced key of the audit log in the bundle, once, also before the country’s file names it', async () => {
    await run(['ni', '--yes', ...FLAGS])
    const bundled = async () => {
      expect((await run(['ni', '--yes'])).code).toBe(0)
      const names = (await readdir(join(root, 'ni/bundle/NI'))).filter((name) => name.includes('rotation'))
      return Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await readFile(join(root, 'ni/bundle/NI', name), 'utf8')])),
      )
    }
    expect(await bundled()).toEqual({})
    const first = await replaceKeyOf('ni')
    expect(await bundled()).toEqual({ 'NI.rotation-0': first })
    await nameProof('ni', 'NI', 'NI.rotation-0', first)
    expect(await bundled()).toEqual({ 'NI.rotation-0': first })
    await dropOldKey(join(root, 'ni/keys/audit-log.key'))
    const second = await replaceKeyOf('ni')
    expect(await bundled()).toEqual({ 'NI.rotation-0': first, 'NI.rotation-1': second })
  })

  it.each(EXTREME)('is read as it was written, and once more by the next run: %s', async (_, answers) => {
    const flags = Object.entries(answers).flatMap(([flag, value]) => [`--${flag}`, value])
    const first = await run(['ni', '--yes', ...flags])
    expect([first.code, first.code === 0 ? '' : first.output]).toEqual([0, ''])
    const before = await readAll()
    const { config } = await readNodePlace({ env: join(root, 'ni/node.env') }, {})
    expect(config).toMatchObject({
      ...{ country: answers.country, contactPoint: answers.contact.trim(), host: answers.listen ?? '0.0.0.0' },
      ...{ gatewayIssuer: answers['gateway-name'] ?? 'istmo', port: Number(answers.port ?? 4443) },
    })
    expect(config.databaseUrl ?? 'embedded').toBe(answers.database)
    const rules = await readCountryFile(join(root, `ni/rules/${answers.country}.yaml`))
    expect(rules.name).toEqual({ es: answers['name-es'].trim(), en: answers['name-en'].trim() })
    expect(parse(before.get('witness.yaml') ?? '')).toMatchObject({ rules: `rules/${answers.country}.yaml` })
    // The answers of the first run count, and nothing differs from them.
    expect(await run(['ni', '--yes'])).toMatchObject({ code: 0 })
    expect(await readAll()).toEqual(before)
    expect(await run(['ni', '--yes', ...flags])).toMatchObject({ code: 0 })
  })

  it('keeps the database that was answered, or written into the settings later', async () => {
    const url = `postgres://istmo:${PASSWORD}@/istmo?host=/run/postgresql`
    await run(['ni', '--yes', ...FLAGS, '--database', url])
    const page = await readFile(join(root, 'ni', 'NEXT.md'), 'utf8')
    expect(page).not.toContain('in an embedded PostgreSQL')
    expect((await run(['ni', '--yes'])).code).toBe(0)
    expect(await readFile(join(root, 'ni', 'NEXT.md'), 'utf8')).toBe(page)
    for (const file of await listFiles(join(root, 'ni'))) {
      if (!file.endsWith('node.env'))
        expect([file, (await readFile(file, 'utf8')).includes(PASSWORD)]).toEqual([file, false])
    }
    expect(await run(['ni', '--yes', '--database', 'embedded'])).toMatchObject({
      ...{ code: 2, output: expect.stringContaining('--database: expected what') },
    })
  })

  it('has a certificate request and a pin for who has an authority', async () => {
    expect((await run(['ni', '--yes', ...FLAGS, '--tls', 'csr'])).code).toBe(0)
    const files = await readAll()
    expect(files.get('tls/node.csr.pem')).toContain('BEGIN CERTIFICATE REQUEST')
    expect(files.get('rules/NI.yaml')).toMatch(/tls: \{ pins: \[[\w-]{43}\] \}/)
    expect(files.get('NEXT.md')).toContain('Have your authority sign `tls/node.csr.pem`')
    expect([...files.keys()].some((name) => name.includes('ca-renew'))).toBe(false)
  })

  it('warns of rules that somebody left without a last line break', async () => {
    await run(['ni', '--yes', ...FLAGS])
    expect((await run(['ni', '--yes'])).output).not.toContain('WARNING')
    const file = join(root, 'ni/rules/NI.cedar')
    await writeFile(file, (await readFile(file, 'utf8')).trimEnd())
    const { code, output } = await run(['ni', '--yes'])
    expect([code, output]).toEqual([0, expect.stringContaining(`WARNING: ${file}: expected a last line break`)])
  })

  it('has the same pages in both languages', async () => {
    await run(['en', '--yes', ...FLAGS, '--lang', 'en'])
    await run(['es', '--yes', ...FLAGS, '--lang', 'es'])
    const shape = async (name: string) => {
      const text = await readFile(join(root, name, 'NEXT.md'), 'utf8')
      return text.split('\n').flatMap((line) => line.match(/^(#+ |- |```)/)?.[0] ?? [])
    }
    expect(await shape('es')).toEqual(await shape('en'))
    expect(await readFile(join(root, 'es', 'NEXT.md'), 'utf8')).toContain('Antes del primer arranque')
    // A later run, as NEXT.md and the pages have it.
    const again = await run(['es', '--yes'])
    expect([again.code, again.output]).toEqual([0, expect.stringContaining('Siga con NEXT.md')])
    expect(await readFile(join(root, 'es', 'NEXT.md'), 'utf8')).toContain('Antes del primer arranque')
  })

  async function readAll(): Promise<ReadonlyMap<string, string>> {
    const files = await listFiles(join(root, 'ni'))
    return new Map(
      await Promise.all(
        files.map(async (file) => [file.slice(join(root, 'ni/').length), await readFile(file, 'utf8')] as const),
      ),
    )
  }
})

/** Replaces the key of a country's log, which gets an entry first. Returns the proof. */
async function replaceKeyOf(folder: string): Promise<string> {
  const home = join(root, folder, 'audit-log')
  const keyFile = join(root, folder, 'keys/audit-log.key')
  const entries = await openLog({
    folder: join(home, 'log'),
    signer: parseSignerFile(await readFile(keyFile, 'utf8')),
    publishAfterMs: 1_000_000,
  })
  await entries.append(Buffer.from('{}'))
  await entries.close()
  const [replaced] = await replaceLogKey({ logs: [home], keyFile, now: Date.now }, 'ROUTINE')
  return readFile(replaced?.proof ?? '', 'utf8')
}

/** Puts a proof beside a country's file and names it there, as `istmo keys rotate` says. */
async function nameProof(folder: string, country: string, name: string, proof: string): Promise<void> {
  const file = join(root, folder, `rules/${country}.yaml`)
  const { receipts, ...rest } = parse(await readFile(file, 'utf8'))
  await writeFile(join(root, folder, 'rules', name), proof)
  await writeFile(file, stringify({ ...rest, receipts: { ...receipts, rotations: [name] } }))
}

describe('the bundles of two countries in the folder of a gateway', () => {
  const settings = {
    ...{ supergraphFile: join(import.meta.dirname, '../../supergraph.graphql'), accessMode: 'filter' as const },
    ...{ legDeadlineMs: 1_000, maxAnswerBytes: 1_000_000, development: false },
  }
  const faults = async () => {
    const { participants } = await readGraphFiles({ ...settings, countriesFolder: join(root, 'countries') })
    return participants.map(({ country, unavailable }) => [country, unavailable?.reason ?? null])
  }
  beforeEach(async () => {
    for (const [folder, code] of [
      ['ni', 'NI'],
      ['cr', 'CR'],
      ['pe', 'PE'],
    ] as const) {
      const flags = ['--country', code, '--address', `istmo.${folder}.gob`, '--contact', 'Unidad']
      expect((await run([folder, '--yes', ...flags])).code).toBe(0)
    }
  })

  it('stand beside each other, each in a folder of its own', async () => {
    for (const folder of ['ni', 'cr'])
      await cp(join(root, folder, 'bundle'), join(root, 'countries'), { recursive: true })
    expect(await faults()).toEqual([
      ['CR', null],
      ['NI', null],
    ])
  })

  it('keep the proofs of both that the key of the log was replaced, whatever these are called', async () => {
    const keys = new Map<string, string>()
    for (const [folder, code] of [
      ['ni', 'NI'],
      ['cr', 'CR'],
    ] as const) {
      const proof = await replaceKeyOf(folder)
      keys.set(code, parseRotation(proof).newKey.vkey)
      await nameProof(folder, code, 'rotation', proof)
      expect((await run([folder, '--yes'])).code).toBe(0)
      await cp(join(root, folder, 'bundle'), join(root, 'countries'), { recursive: true })
    }
    expect(await faults()).toEqual([
      ['CR', null],
      ['NI', null],
    ])
    for (const [code, vkey] of keys) {
      const file = join(root, 'countries', code, `${code}.yaml`)
      expect([code, await leadsToLogKey(file, vkey)]).toEqual([code, true])
    }
  })

  it('replace each other’s authority without folders: the gateway asks neither, says why, and goes on with the others', async () => {
    for (const [folder, code] of [
      ['ni', 'NI'],
      ['cr', 'CR'],
    ] as const)
      await cp(join(root, folder, 'bundle', code), join(root, 'countries'), { recursive: true })
    await cp(join(root, 'pe/bundle'), join(root, 'countries'), { recursive: true })
    expect(await faults()).toEqual([
      ['CR', expect.stringMatching(/^CR: expected an authority .*that NI names too.*such as CR\/CR\.yaml/)],
      ['NI', expect.stringMatching(/^NI: expected an authority .*that CR names too/)],
      ['PE', null],
    ])
  })
})

describe('the questions', () => {
  it('are asked in the chosen language, a wrong answer again, and Enter takes the default', async () => {
    const typed = [
      'nic',
      'NI',
      '',
      '',
      'legal',
      'https://istmo.mp.gob.ni',
      'istmo.mp.gob.ni',
      '443',
      '',
      '',
      'Unidad',
      '',
      '',
      '',
      '',
      '',
      '',
    ]
    const { code, output, asked } = await run(['ni', '--lang', 'es'], typed)
    expect([code, output]).toEqual([0, expect.stringContaining('Quince preguntas')])
    expect(asked).toHaveLength(17)
    expect(asked[1]).toMatch(/^ {2}Se esperaba: un código de ISO 3166-1 alfa-2, o UN\.\nCódigo de su país/)
    expect(asked[2]).toBe('Su nombre en español [Nicaragua]: ')
    const file = await readFile(join(root, 'ni/rules/NI.yaml'), 'utf8')
    expect(file).toContain('legal: { url: "https://istmo.mp.gob.ni:443/legal"')
  })

  it('take a code in small letters, and ask as often as it takes', async () => {
    const typed = [...Array.from({ length: 7 }, () => 'nic'), 'ni', '', '', 'legal', 'mp.gob.ni']
    const { output, asked } = await run(['ni'], [...typed, ...Array.from({ length: 3 }, () => ''), 'Unidad'])
    expect(asked[8]).toBe('Its name in Spanish [Nicaragua]: ')
    expect(output).toContain('Go on with NEXT.md')
    expect(await readFile(join(root, 'ni/rules/NI.yaml'), 'utf8')).toContain('country: NI\n')
    expect((await run(['ni', '--yes', '--country', 'ni'])).code).toBe(0)
  })

  it('end without a file if nobody answers', async () => {
    const { code, output } = await run(['ni'], ['NI'])
    expect([code, output]).toEqual([2, expect.stringContaining('--address: expected a host name')])
    expect(await readdir(root)).toEqual([])
  })

  it.each<[string, readonly string[], RegExp]>([
    [
      'a code of no country',
      ['--country', 'NIC'],
      /^istmo join: --country: expected a code of ISO 3166-1 .*; came "NIC"$/m,
    ],
    ['a name of two lines', ['--name-es', 'a\nb'], /--name-es: expected a name of one line/],
    ['a name with a quote', ['--name-en', "Côte d'Ivoire"], /--name-en: .*without quotes/],
    [
      'an unknown domain',
      ['--domains', 'cases,person'],
      /--domains: expected one or more of cases, persons, legal.*came "cases,person"/,
    ],
    ['a domain twice', ['--domains', 'cases,cases'], /--domains: /],
    [
      'a URL as address',
      ['--address', 'https://istmo.mp.gob.ni'],
      /--address: expected a host name .*without https:\/\//,
    ],
    ['an address with a port', ['--address', 'istmo.mp.gob.ni:443'], /--address: .*without a port/],
    ['an address that is no IPv4', ['--address', '10.0.0.300'], /--address: /],
    ['a port that is none', ['--port', '65536'], /--port: expected a whole number from 1 to 65535; came "65536"/],
    ['a name to listen on', ['--listen', 'localhost'], /--listen: expected an IPv4 or IPv6 address/],
    [
      'another database',
      ['--database', 'mysql://u:geheim@h/d'],
      /--database: expected postgres:\/\/.*; came something else/,
    ],
    ['a database without a name', ['--database', 'postgres://u:geheim@h'], /--database: .*came something else/],
    ['a contact with a dollar sign', ['--contact', '$HOME'], /--contact: expected a text of one line/],
    ['a log of nobody', ['--log-name', 'istmo.example/ni'], /--log-name: .*not one of \.example or \.test/],
    ['a log with a plus', ['--log-name', 'a+b'], /--log-name: .*plus signs/],
    [
      'a key set over plain HTTP',
      ['--gateway-keys', 'http://gw.sica.int/jwks'],
      /--gateway-keys: expected an https URL/,
    ],
    [
      'a key set that is not there',
      ['--gateway-keys', 'nowhere.json'],
      /--gateway-keys: .*there is no such file or folder \(ENOENT\)/,
    ],
    [
      'an authority that is a text',
      ['--gateway-ca', 'text.pem'],
      /--gateway-ca: expected the certificate of an authority in PEM/,
    ],
    ['a private key set', ['--gateway-keys', 'private.json'], /--gateway-keys: expected a public key set/],
    ['another kind of TLS', ['--tls', 'acme'], /--tls: expected own, or csr/],
    [
      'a flag beside --probe',
      ['--probe', 'http://127.0.0.1:1'],
      /expected nothing besides --probe and --lang; came --country/,
    ],
    ['a probe of no address', ['--probe', 'gateway'], /--probe: expected the address of a gateway’s operator server/],
    ['an unknown flag', ['--adress', 'x'], /unknown option '--adress'.*Did you mean --address/s],
    ['an unknown language', ['--lang', 'fr'], /--lang: expected one of en, es; came "fr"/],
    ['a file of answers that is not there', ['--answers', 'nowhere.yaml'], /nowhere\.yaml: expected a YAML file/],
    [
      'a file of answers with another key',
      ['--answers', 'other.yaml'],
      /other\.yaml: .*puerto.*The keys are country, nameEs/,
    ],
    [
      'a file of answers with a wrong answer',
      ['--answers', 'wrong.yaml'],
      /wrong\.yaml: port: expected a whole number .*came "x"/,
    ],
  ])('reject %s, and nothing is written', async (_, flags, message) => {
    await writeFile(join(root, 'text.pem'), 'text')
    await writeFile(join(root, 'private.json'), '{"keys":[{"kty":"OKP","d":"AA"}]}')
    await writeFile(join(root, 'other.yaml'), 'puerto: 1\n')
    await writeFile(join(root, 'wrong.yaml'), 'port: x\n')
    const first = FLAGS.filter((_, at) => !flags.includes(FLAGS[at - (at % 2)] ?? ''))
    const { code, output } = await run(['ni', '--yes', ...first, ...flags])
    expect([code, output]).toEqual([2, expect.stringMatching(message)])
    expect(output).not.toContain('geheim')
    expect((await readdir(root)).includes('ni')).toBe(false)
  })

  it('take a file of answers, and reject others in the same folder later', async () => {
    await writeFile(
      join(root, 'answers.yaml'),
      'country: NI\naddress: x\n'.replace('address: x', 'host: 10.1.2.3') +
        'domains: [cases]\nport: 443\ncontact: Unidad\nlogName: mp.gob.ni/istmo\n',
    )
    expect((await run(['ni', '--yes', '--answers', 'answers.yaml'])).code).toBe(0)
    const { code, output } = await run(['ni', '--yes', '--port', '444'])
    expect([code, output]).toEqual([
      2,
      expect.stringMatching(/--port: expected what .*answers\.yaml says; came something else/),
    ])
  })
})

function isSecret(text: string): boolean {
  return /PRIVATE KEY|"d"\s*:|PRIVATE\+KEY\+|"epochs"/.test(text) || text.includes(PASSWORD)
}

async function filter<Item>(items: readonly Item[], test: (item: Item) => Promise<boolean>): Promise<readonly Item[]> {
  const kept = await Promise.all(items.map(test))
  return items.filter((_, at) => kept[at])
}
