import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runAudit } from '../../auditors/run.ts'
import { makeKeys } from '../../cli/keys.ts'
import { type ProbeReport, parseProbeReport } from '../../contract/probe.ts'
import { createLegKey } from '../../gateway/leg/leg-key.ts'
import { createLegTokenSigner } from '../../gateway/leg/leg-token.ts'
import { createReadingBudgets } from '../../gateway/leg/reading-budget.ts'
import { createTurns } from '../../gateway/leg/turns.ts'
import { createProbe } from '../../gateway/probe/probe-country.ts'
import type { AddressReach } from '../../gateway/probe/probed-addresses.ts'
import { runJoin } from '../../joining/join/join-command.ts'
import { collectBundle } from '../../joining/probe/collect-bundle.ts'
import { runProbe } from '../../joining/probe/probe-command.ts'
import { runDoctor } from '../../joining/running/doctor-command.ts'
import { initAuthority, issueInto } from '../../service/certificates/authority-folder.ts'
import { readClientFiles } from '../../service/certificates/tls-files.ts'
import { createTlsPools } from '../../service/http/tls-pools.ts'
import { runPolicyCommand } from '../../subgraphs/policy/policy-command.ts'
import { ISSUER } from '../authority/world.ts'
import { takePort } from '../ports.ts'
import { createPartner, type Partner, TASK_FORCE } from './partner.ts'
import { type Running, startIstmo } from './processes.ts'

/**
 * Nicaragua (made up) joins with `istmo join`. Its node starts from the folder as it is, and a gateway tries the connection before the country takes
 * part. What either side objects to is in the report.
 */

let root: string
let node: Running
let authority: Running
let witness: Running
let partner: Partner
let gatewayUrl: string
let gateway: Running
let operator: string
let gatewayVkey: string
const ni = (path = ''): string => join(root, 'ni', path)
const gw = (path: string): string => join(root, 'gateway', path)

/** Runs a command in this process, and returns its exit code and what it wrote. */
async function run(
  command: (streams: {
    out: { write(text: string): unknown }
    err: { write(text: string): unknown }
  }) => Promise<number>,
): Promise<readonly [code: number, output: string]> {
  let output = ''
  const stream = { write: (text: string) => (output += text) }
  return [await command({ out: stream, err: stream }), output]
}

const joinWith = (...args: readonly string[]) =>
  run((streams) => runJoin(args, { streams, env: {}, now: Date.now, cwd: () => root, openTerminal: () => null }))

/** Makes the gateway's keys and certificates, and starts it. It has one country, which is not there. It knows the authority of Guatemala. */
async function startGateway(): Promise<Running> {
  const address = { token: `${partner.url}/token`, client: 'gw' }
  const issuer = {
    issuer: ISSUER,
    audience: gatewayUrl,
    jwks: `${partner.url}/jwks`,
    country: 'GT',
    authority: address,
  }
  await writeFile(gw('issuers.yaml'), JSON.stringify({ issuers: [issuer] }))
  await mkdir(gw('countries'), { recursive: true })
  const domains = ['cases', 'persons', 'legal'].map((domain) => `${domain}: { url: "http://127.0.0.1:9/${domain}" }`)
  await writeFile(
    gw('countries/GT.yaml'),
    `country: GT\nname: { es: Guatemala, en: Guatemala }\ndomains: { ${domains.join(', ')} }\n`,
  )
  gatewayVkey = await makeKeys(['pasarela.sica.int', gw('keys')], Date.now())
  return startIstmo(
    [
      ...['gateway', '--development', '--anonymous', '--operator-listen', '127.0.0.1:0'],
      ...['--port', new URL(gatewayUrl).port, '--public-url', gatewayUrl, '--issuers', gw('issuers.yaml')],
      ...['--supergraph', join(import.meta.dirname, '../../supergraph.graphql'), '--countries', gw('countries')],
      ...['--leg-key', gw('leg/leg.jwk.json'), '--name', 'pasarela'],
      ...['--client-cert', gw('tls/gateway.cert.pem'), '--client-key', gw('tls/gateway.key.pem')],
      ...['--audit-log-dir', gw('log'), '--audit-log-key', gw('keys/audit-log.key')],
      ...['--audit-log-ref-keys', gw('keys/audit-log-refs.json')],
    ],
    { cwd: root, ready: /Istmo listens on/ },
  )
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'istmo-join-'))
  await makeKeys(['--leg', gw('leg')], Date.now())
  await initAuthority(gw('ca'), 'Istmo gateway', 30, Date.now())
  const request = { name: 'gateway', use: 'client' as const }
  await issueInto({ folder: gw('ca'), out: gw('tls'), request, days: 30 }, Date.now())
  const [code, output] = await joinWith(
    ...['ni', '--yes', '--country', 'NI', '--address', '127.0.0.1', '--listen', '127.0.0.1', '--domains', 'legal'],
    ...['--port', String(await takePort()), '--contact', 'Unidad de Cooperación, +505 2222 0000'],
    ...['--witness', `http://127.0.0.1:${await takePort()}/`],
    ...['--log-name', 'registro.mp.gob.ni/ni', '--gateway-name', 'pasarela'],
    ...['--gateway-keys', 'gateway/leg/leg.jwks.json', '--gateway-ca', 'gateway/ca/ca.cert.pem'],
  )
  expect([code, output]).toEqual([0, expect.stringContaining('Go on with NEXT.md.')])
  // Another node on this machine may have the usual port of the operator's server.
  const settings = await readFile(ni('node.env'), 'utf8')
  expect(settings).toContain('OPERATOR_LISTEN=127.0.0.1:9465\n')
  await writeFile(ni('node.env'), settings.replace('127.0.0.1:9465', `127.0.0.1:${await takePort()}`), { mode: 0o600 })
  gatewayUrl = `http://127.0.0.1:${await takePort()}`
  partner = await createPartner({ url: gatewayUrl, jwks: gw('leg/leg.jwks.json') })
  // As it is but for that port: no flag, and not for development.
  ;[node, gateway] = await Promise.all([
    startIstmo(['node'], { cwd: ni(), envFile: 'node.env', ready: /the node listens/ }),
    startGateway(),
  ])
  operator = /operator’s server is at (\S+)\/status/.exec(gateway.output())?.[1] ?? ''
})
afterAll(async () => {
  await Promise.all([node?.stop(), gateway?.stop(), authority?.stop(), witness?.stop()])
  await partner?.world.remove()
  await rm(root, { recursive: true, force: true })
})

/** Sends a changed bundle to the gateway, and returns what is wrong, as `STEP code`. */
async function probeWith(change: (files: Record<string, string>) => void): Promise<readonly string[]> {
  const { country, files } = await collectBundle(ni('bundle/NI/NI.yaml'))
  const changed = { ...files }
  change(changed)
  const response = await fetch(`${operator}/probe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ country, files: changed }),
  })
  const body: unknown = await response.json()
  const { errors = [] } = body as { errors?: readonly { message: string }[] }
  if (response.status !== 200) return [`HTTP ${response.status} ${errors[0]?.message}`]
  return wrongIn(parseProbeReport(body))
}

function wrongIn({ parts }: ProbeReport): readonly string[] {
  return parts.flatMap(({ steps }) =>
    steps.flatMap(({ step, verdict, code, found }) => (verdict === 'WRONG' ? [`${step} ${code ?? found}`] : [])),
  )
}

it('a probe before the country takes part finds that both sides agree, in both languages', async () => {
  const [code, english] = await joinWith('ni', '--probe', operator)
  expect([code, english]).toEqual([0, expect.stringContaining('Both sides agree.')])
  // Nobody filled this node yet, so each of its answers is empty.
  expect(english).toMatch(/HTTP 200\n +WARNING: the node has no row of this domain/)
  expect(english.match(/✓/g)).toHaveLength(9)
  expect(english).toMatch(/TLSv1\.3; node \(IP Address:127\.0\.0\.1\), Istmo NI/)
  const [again, spanish] = await run((streams) =>
    runProbe([ni('bundle'), '--operator', operator, '--lang', 'es'], streams),
  )
  expect([again, spanish]).toEqual([
    0,
    expect.stringMatching(/AVISO: el nodo no tiene ninguna fila[\s\S]*Los dos lados concuerdan\./),
  ])
})

it.each<[string, (files: Record<string, string>) => void, readonly (string | RegExp)[]]>([
  ['another name of the host', (files) => edit(files, '127.0.0.1', 'nowhere.invalid'), ['NAME ENOTFOUND']],
  [
    'a port where nobody listens',
    (files) => edit(files, /127\.0\.0\.1:\d+/g, '127.0.0.1:9'),
    ['CONNECTION ECONNREFUSED'],
  ],
  [
    'an authority that did not issue the certificate',
    (files) => {
      files['node-ca.pem'] = otherCa
    },
    [/^SERVER (UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|CERT_SIGNATURE_FAILURE)/],
  ],
  [
    'another pin',
    (files) => edit(files, 'ca: node-ca.pem', `pins: [${'a'.repeat(43)}]`),
    ['SERVER SERVER_KEY_NOT_PINNED'],
  ],
  ['a path that the node does not serve', (files) => edit(files, /(:\d+)\/legal/g, '$1/nothing'), ['LEG BAD_ANSWER']],
  [
    'another key of the audit log',
    (files) => edit(files, /vkey: "[^"]+"/, `vkey: ${JSON.stringify(otherVkey)}`),
    ['RECEIPT RECEIPT_INVALID', 'KEY KEY_DIFFERS'],
  ],
  ['no key of the audit log', (files) => edit(files, /^receipts:.*$/m, ''), ['KEY KEY_NOT_IN_FILE']],
  [
    'a policy more',
    (files) => edit(files, '', '', 'NI.cedar', 'forbid (principal, action, resource);'),
    ['RULES POLICIES_DIFFER'],
  ],
  ['a field that is withheld', (files) => edit(files, /$/, '\nwithhold: [Statute.text]\n'), ['RULES RULES_DIFFER']],
  [
    'a patch with a fault',
    (files) => edit(files, /$/, '\nwithhold: [Statute.id]\n'),
    [/^FILE .*line \d+, withhold: expected a field that may be null; came Statute\.id/s],
  ],
  [
    'a file that is not YAML',
    (files) => edit(files, /^country: NI$/m, 'country: [NI'),
    [/^HTTP 400 expected a country’s file in YAML/],
  ],
  [
    'a file of the gateway’s machine',
    (files) => edit(files, 'NI.cedar', '/etc/passwd'),
    [/^HTTP 400 expected beside NI\.yaml .*missing are those of policies$/],
  ],
  [
    'a file of another country, which could name files of the gateway’s machine',
    (files) => Object.assign(files, { 'HN.yaml': 'country: HN\npolicies: /etc/passwd\n' }),
    ['HTTP 400 expected NI.yaml and no other YAML file; came HN.yaml'],
  ],
  [
    'policies with the name of another country’s file',
    (files) => {
      edit(files, 'NI.cedar', 'HN.yaml')
      Object.assign(files, { 'HN.yaml': 'policies: /etc/passwd' })
      delete files['NI.cedar']
    },
    ['HTTP 400 expected NI.yaml and no other YAML file; came HN.yaml'],
  ],
  [
    'a name with a folder',
    (files) => Object.assign(files, { '../x.pem': '' }),
    ['HTTP 400 files: expected names of files, without a folder'],
  ],
])('the report of a probe with %s says what is wrong', async (_, change, expected) => {
  const wrong = await probeWith(change)
  expect(wrong).toHaveLength(expected.length)
  for (const [at, one] of expected.entries())
    typeof one === 'string' ? expect(wrong[at]).toBe(one) : expect(wrong[at]).toMatch(one)
})

let otherCa = ''
let otherVkey = ''
beforeAll(async () => {
  await initAuthority(join(root, 'other-ca'), 'Istmo NI', 30, Date.now())
  otherCa = await readFile(join(root, 'other-ca/ca.cert.pem'), 'utf8')
  otherVkey = await makeKeys(['registro.mp.gob.ni/ni', join(root, 'other-keys')], Date.now())
})

function edit(files: Record<string, string>, from: string | RegExp, to: string, name = 'NI.yaml', added = ''): void {
  const text = files[name] ?? ''
  const changed = (typeof from === 'string' && from !== '' ? text.replaceAll(from, to) : text.replace(from, to)) + added
  expect(changed).not.toBe(text)
  files[name] = changed
}

describe('a gateway that the node does not know', () => {
  /** Tries the connection as a gateway with other keys or certificates would, and returns what is wrong. */
  async function probeAs(other: {
    readonly leg?: string
    readonly client?: string | null
    readonly aheadMs?: number
    readonly name?: string
    readonly reach?: AddressReach
  }): Promise<readonly string[]> {
    const { leg = gw('leg'), client = gw('tls/gateway'), aheadMs = 0, name = 'pasarela', reach = 'ANY' } = other
    const now = (): number => Date.now() + aheadMs
    const named = (file: string) => ({ file, setting: 'test' })
    const certificate =
      client === null
        ? null
        : await readClientFiles({ cert: named(`${client}.cert.pem`), key: named(`${client}.key.pem`) }, Date.now())
    const pools = createTlsPools({ certificate })
    const key = await createLegKey(join(leg, 'leg.jwk.json'))
    const probe = createProbe({
      config: { legDeadlineMs: 5_000, maxAnswerBytes: 1_000_000, development: false, gatewayName: name },
      graph: () => ({ supergraphSdl: '', participants: [], hash: '0'.repeat(64) }),
      ...{ auditLog: null, log: { info: () => undefined }, now, takeTurn: createTurns() },
      ...{ channelBy: pools.channelBy, reach, budgetOf: createReadingBudgets() },
      signLegToken: createLegTokenSigner({ key, gateway: name, now }),
    })
    const report = await probe(await collectBundle(ni('bundle/NI/NI.yaml')))
    await pools.close()
    return wrongIn(report)
  }

  it('gets the node’s objection with its code', async () => {
    await makeKeys(['--leg', join(root, 'other-leg')], Date.now())
    const request = { name: 'stranger', use: 'client' as const }
    await issueInto({ folder: join(root, 'other-ca'), out: join(root, 'other-tls'), request, days: 30 }, Date.now())
    expect(await probeAs({ leg: join(root, 'other-leg') })).toEqual(['LEG TOKEN_INVALID'])
    expect(await probeAs({ name: 'otra' })).toEqual(['LEG TOKEN_INVALID'])
    expect(await probeAs({ client: null })).toEqual(['LEG CERTIFICATE_MISSING'])
    expect(await probeAs({ client: join(root, 'other-tls/stranger') })).toEqual([
      expect.stringMatching(/^LEG (UND_ERR_SOCKET|ECONNRESET|ERR_SSL_\w+)$/),
    ])
    expect(await probeAs({ aheadMs: 300_000 })).toEqual(['LEG TOKEN_INVALID', 'CLOCK CLOCKS_DIFFER'])
  })

  it('does not go to its own machine, whatever the file says', async () => {
    expect(await probeAs({ reach: 'PUBLIC' })).toEqual(['NAME ADDRESS_REFUSED'])
    expect(await probeAs({ reach: 'PRIVATE' })).toEqual(['NAME ADDRESS_REFUSED'])
  })
})

it('a web page cannot make the gateway probe, and neither can whoever only reads', async () => {
  const ask = (init: RequestInit) => fetch(`${operator}/probe`, init).then(({ status }) => status)
  expect(await ask({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' })).toBe(415)
  expect(await ask({ method: 'GET' })).toBe(404)
  expect(await ask({ method: 'OPTIONS' })).toBe(405)
})

it('the country compares its file with the gateway’s copy, before and after the operator has it', async () => {
  const diff = (...args: readonly string[]) => run((streams) => runPolicyCommand(['diff', ...args], streams))
  expect(await diff(ni('rules/NI.yaml'), operator)).toEqual([
    2,
    expect.stringContaining('has the file of NI; it has none'),
  ])
  await cp(ni('bundle'), gw('countries'), { recursive: true })
  const url = /Istmo listens on (\S+)\/graphql/.exec(gateway.output())?.[1]
  const query = '{ statutes(countries: ["NI"]) { outcomes { country reach code } } }'
  await expect
    .poll(
      async () => {
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
        const { data } = (await answer.json()) as { data?: { statutes?: { outcomes: unknown } } }
        return data?.statutes?.outcomes
      },
      { timeout: 30_000 },
    )
    .toEqual([expect.objectContaining({ country: 'NI', reach: 'ANSWERED' })])
  expect(await diff(ni('rules/NI.yaml'), operator)).toEqual([
    0,
    expect.stringMatching(/^0 tighter, 0 looser, 0 different/),
  ])
  await writeFile(ni('rules/NI.yaml'), `${await readFile(ni('rules/NI.yaml'), 'utf8')}withhold: [Statute.text]\n`)
  expect(await diff(ni('rules/NI.yaml'), operator)).toEqual([
    1,
    expect.stringMatching(/^legal Statute\.text +tighter +here: not published; there: nothing\n1 tighter, 0 looser/),
  ])
})

/** What the doctor says of the authority, or of what else begins so, as `state CODE`. */
async function doctorOfProofs(prefix = 'PROOF_'): Promise<string> {
  const [, report] = await run((streams) =>
    runDoctor(['--env', ni('node.env'), '--json'], { streams, env: {}, now: Date.now }),
  )
  const { findings } = JSON.parse(report) as { findings: readonly { state: string; code: string }[] }
  return findings.flatMap(({ state, code }) => (code.startsWith(prefix) ? [`${state} ${code}`] : [])).join(', ')
}

/** Waits until the gateway has taken the country's file, and asks one question as the officer. */
const probeAsOfficer = () =>
  run((streams) =>
    runProbe([ni('bundle'), '--operator', operator, '--as-officer', partner.ask, '--login', partner.login], streams),
  )

it('a country answers an officer of a partner when the partner lists its witness and the witness runs, and each tool says before what lacks', async () => {
  authority = await partner.start()
  await partner.makeMandate('NI')
  const line = await readFile(ni('bundle/NI/witness.policy'), 'utf8')
  const rules = await readFile(ni('rules/NI.yaml'), 'utf8')
  const caller = await partner.caller(line.split(' ')[2] ?? '')
  await writeFile(
    ni('rules/NI.yaml'),
    rules
      .replace('taskForces: []', `taskForces: ${JSON.stringify([TASK_FORCE])}`)
      .replace('callers: []', `callers: ${JSON.stringify([caller])}`),
  )
  expect((await joinWith('ni', '--yes'))[0]).toBe(0)
  await cp(ni('bundle'), gw('countries'), { recursive: true })
  const unlisted = await vi.waitFor(async () => {
    const [code, said] = await probeAsOfficer()
    expect([code, said]).toEqual([1, expect.stringContaining('✗ legal: DENIED CALLER_NOT_VERIFIED')])
    return said
  })
  expect(unlisted).toContain('does not list the witness of NI')
  expect(node.output()).toMatch(/"code":"MANDATE_UNKNOWN","reason":"[^"]*no witness of this country has cosigned/)
  expect(await doctorOfProofs()).toBe('wrong PROOF_UNLISTED')
  await authority.stop()
  await partner.listWitness('NI', line)
  authority = await partner.start()
  expect(await doctorOfProofs()).toBe('wrong PROOF_NONE')
  expect(await doctorOfProofs('WITNESS_')).toBe('wrong WITNESS_UNREACHED')
  // As the unit does: with the settings of the folder.
  witness = await startIstmo(['witness', '--config', 'witness.yaml'], { cwd: ni(), ready: /Witness listens on/ })
  await vi.waitFor(async () => expect(await doctorOfProofs()).toBe('well PROOF_GIVEN'))
  expect(await doctorOfProofs('WITNESS_')).toBe('well WITNESS_REACHED')
  await vi.waitFor(async () => {
    expect(await probeAsOfficer()).toEqual([0, expect.stringMatching(/✓ legal: ANSWERED\nThe officer got an answer/)])
  })
})

it('each probe is in the audit logs of both sides, which agree', async () => {
  const [, report] = await run((streams) => runProbe([ni('bundle'), '--operator', operator, '--json'], streams))
  const { requestId } = parseProbeReport(JSON.parse(report))
  expect(node.output()).not.toContain('a request failed inside')
  // The answer may be there before the line comes through the pipe.
  await vi.waitFor(() => expect(node.output()).toMatch(new RegExp(`${requestId}.*a gateway tried its connection`)))
  await Promise.all([node.stop(), gateway.stop()])
  const logs = await Promise.all([readLog(ni('audit-log/log')), readLog(gw('log/log'))])
  for (const log of logs) expect(log).toContain(requestId)
  expect(logs[1]).toContain('"name":"IstmoProbe"')
  const policies = [
    ['gateway', gatewayVkey],
    ['ni', await readFile(ni('bundle/NI/audit-log.vkey'), 'utf8')],
  ] as const
  for (const [name, vkey] of policies)
    await writeFile(join(root, `${name}.policy`), `log ${vkey.trim()}\nquorum none\n`)
  const [code, output] = await run(({ out }) =>
    runAudit(
      [
        ...['reconcile', gw('log'), ni('audit-log'), '--json'],
        ...policies.flatMap(([name]) => ['--policy', join(root, `${name}.policy`)]),
      ],
      { out, err: { ...out, isTTY: false } },
    ),
  )
  expect(output).toContain('"verdict":"HOLDS"')
  expect(code).toBe(0)
})

/** Reads all bundles of a log that was closed. */
async function readLog(folder: string): Promise<string> {
  const { readdir } = await import('node:fs/promises')
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((name) => name.isFile() && name.parentPath.includes('entries'))
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name))))
  return Buffer.concat(texts).toString('latin1')
}
