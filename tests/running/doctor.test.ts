import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerFile, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { type Finding, severityOf } from '../../joining/check/finding.ts'
import { sayFinding } from '../../joining/check/report.ts'
import { checkOpenDatabase } from '../../joining/running/check-database.ts'
import { checkVersions } from '../../joining/running/check-host.ts'
import { runDoctor } from '../../joining/running/doctor-command.ts'
import { pinOf } from '../../service/certificates/read-certificates.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { listMigrations } from '../../subgraphs/kit/migrate.ts'
import { openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'
import { aClient, anAuthority, aServer, EXPIRED, holdingNow } from '../tls/world.ts'
import { aTerminal, type NodeWorld, openNodeWorld } from './world.ts'

/** Each fault that a test plants in a node is exactly one finding. */

let world: NodeWorld
const servers: Server[] = []

interface Report {
  readonly code: number
  readonly findings: readonly Readonly<Record<'state' | 'code' | 'place' | 'what' | 'remedy', string>>[]
}

async function examine(...args: string[]): Promise<Report> {
  const terminal = aTerminal()
  const code = await runDoctor(['--env', world.at('node.env'), '--json', ...args], terminal)
  if (terminal.out() === '') throw new Error(terminal.err())
  return { code, findings: JSON.parse(terminal.out()).findings }
}

const notWell = ({ findings }: Report): readonly string[] =>
  findings.filter(({ state }) => state !== 'well').map(({ state, code }) => `${state} ${code}`)

/** Serves one text with one `Date` for each path. */
async function serve(texts: Readonly<Record<string, string>>, date = new Date()): Promise<string> {
  const server = createServer((request, response) => {
    response.sendDate = false
    response.setHeader('date', date.toUTCString())
    const text = texts[request.url ?? '']
    response.writeHead(text === undefined ? 404 : 200).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function writeLog(): Promise<void> {
  const signer = parseSignerFile(await readFile(world.at('keys/audit-log.key'), 'utf8'))
  await mkdir(world.at('audit-log/salts'), { recursive: true, mode: 0o700 })
  const log = await openLog({ folder: world.at('audit-log/log'), signer })
  for (let count = 0; count < 3; count += 1) {
    const time = new Date().toISOString()
    await log.append(canonicalBytes({ v: 1, kind: 'node-heartbeat', id: createUuidV7(Date.now()), time }))
  }
  await log.close()
}

let usual: readonly string[]
/** The folder of the node without a fault. */
const template = (): string => join(world.folder, 'template')

beforeAll(async () => {
  world = await openNodeWorld()
  await writeLog()
  await cp(world.at(''), template(), { recursive: true })
  const report = await examine()
  usual = notWell(report)
  // Nothing is wrong with the node of the tests but that its country’s file believes nobody. The clock depends on the machine.
  expect(usual.filter((line) => !line.includes('CLOCK'))).toEqual(['warning RULES_CLOSED'])
  expect(report.code).toBe(0)
})
afterEach(async () => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
  await rm(world.at(''), { recursive: true, force: true })
  await cp(template(), world.at(''), { recursive: true })
})
afterAll(() => world.close())

const overwrite = (name: string, text: string | Uint8Array) => () => writeFile(world.at(name), text)
const setting = (over: Readonly<Record<string, string | null>>) => () => world.writeEnv(over)

async function replaceCertificate(...args: Parameters<typeof aServer> extends [unknown, ...infer Rest] ? Rest : never) {
  const authority = await anAuthority('Istmo HN')
  const { key, cert } = await aServer(authority, ...args)
  await writeFile(world.at('rules/node-ca.pem'), authority.cert)
  await writeFile(world.at('tls/node.cert.pem'), cert)
  await writeFile(world.at('tls/node.key.pem'), key)
}

/** Of each fault: what it is, how it is planted, what is found, and what is not found any more because of it. */
const FAULTS: readonly (readonly [string, () => Promise<unknown>, string, string?])[] = [
  ['a key that others can read', () => chmod(world.at('keys/leg.jwk.json'), 0o644), 'wrong SECRET_OPEN'],
  ['a TLS key that others can read', () => chmod(world.at('tls/node.key.pem'), 0o640), 'wrong SECRET_OPEN'],
  ['a key that is gone', () => rm(world.at('keys/leg.jwk.json')), 'wrong KEY_WRONG'],
  ['a key of another kind', overwrite('keys/leg.jwk.json', '{"kty":"EC"}'), 'wrong KEY_WRONG'],
  ['keys of refs that are torn', overwrite('keys/audit-log-refs.json', '{"epochs":['), 'wrong KEY_WRONG'],
  [
    'a rotation of the log’s key that is not finished',
    async () => {
      const key = await readFile(world.at('keys/audit-log.key'), 'utf8')
      await writeFile(
        world.at('keys/audit-log.key'),
        `${key}${generateSignerKey(parseSignerFile(key).verifier.name, SIGNATURE_TYPES.ed25519)}\n`,
      )
    },
    'warning KEY_TWO',
  ],
  [
    'a key of the audit log to which the country’s file does not lead',
    async () => {
      const text = await readFile(world.at('rules/HN.yaml'), 'utf8')
      const { vkey } = parseSignerFile(generateSignerKey('istmo.mp.hn/hn', SIGNATURE_TYPES.ed25519)).verifier
      await writeFile(world.at('rules/HN.yaml'), `${text}receipts: { vkey: "${vkey}" }\n`)
    },
    'wrong KEY_UNKNOWN',
  ],
  [
    'one key for two purposes',
    async () => {
      const seed = Buffer.from(
        // The digits themselves may have a plus sign.
        (await readFile(world.at('keys/audit-log.key'), 'utf8')).trim().split('+').slice(4).join('+'),
        'base64',
      ).subarray(1)
      const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
      const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      await writeFile(world.at('keys/leg.jwk.json'), JSON.stringify(key.export({ format: 'jwk' })))
    },
    'wrong KEY_SHARED',
  ],
  ['no country’s file', setting({ RULES_FILE: null }), 'warning RULES_NONE', 'warning RULES_CLOSED'],
  ['no key of the node', setting({ NODE_KEY_FILE: null }), 'warning KEY_NONE'],
  ['a certificate that ended', () => replaceCertificate({}, EXPIRED), 'wrong CERTIFICATE_ENDED'],
  [
    'a certificate that ends in nine days',
    () => replaceCertificate({}, { ...holdingNow(), notAfter: Date.now() + 9 * 86_400_000 }),
    'warning CERTIFICATE_ENDS',
  ],
  [
    'a certificate of another key',
    async () => {
      const authority = await anAuthority('x')
      await writeFile(world.at('tls/node.cert.pem'), (await aServer(authority)).cert)
      await writeFile(world.at('rules/node-ca.pem'), authority.cert)
    },
    'wrong CERTIFICATE_WRONG',
  ],
  [
    'a certificate of an authority that the country’s file does not name',
    async () => writeFile(world.at('rules/node-ca.pem'), (await anAuthority('Istmo HN')).cert),
    'wrong CERTIFICATE_CHAIN',
  ],
  [
    'a certificate of another key than the one that the country’s file trusts',
    async () => {
      const rules = await readFile(world.at('rules/HN.yaml'), 'utf8')
      await writeFile(world.at('rules/HN.yaml'), rules.replace('{ ca: node-ca.pem }', `{ pins: [${'A'.repeat(43)}] }`))
    },
    'wrong CERTIFICATE_PIN',
  ],
  [
    'a certificate for another name',
    () => replaceCertificate({ ipAddresses: ['127.0.0.2'] }),
    'wrong CERTIFICATE_NAME',
  ],
  [
    'a certificate for clients',
    async () => {
      const authority = await anAuthority('Istmo HN')
      const { key, cert } = await aClient(authority, { ipAddresses: ['127.0.0.1'] })
      await writeFile(world.at('rules/node-ca.pem'), authority.cert)
      await writeFile(world.at('tls/node.cert.pem'), cert)
      await writeFile(world.at('tls/node.key.pem'), key)
    },
    'wrong CERTIFICATE_USE',
  ],
  [
    'a chain that does not lead on',
    async () => {
      const own = await readFile(world.at('tls/node.cert.pem'), 'utf8')
      const [leaf = ''] = own.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n?/) ?? []
      await writeFile(world.at('tls/node.cert.pem'), leaf + (await anAuthority('a stranger')).cert)
    },
    'wrong CERTIFICATE_CHAIN',
  ],
  [
    'a certificate of a server in the place of the authorities',
    async () => writeFile(world.at('tls/clients.pem'), (await aServer(await anAuthority('x'))).cert),
    'wrong CERTIFICATE_WRONG',
  ],
  [
    'a country’s file that is torn',
    overwrite('rules/HN.yaml', 'country: ['),
    'wrong RULES_WRONG',
    'warning RULES_CLOSED',
  ],
  [
    'a country’s file without its last line break',
    async () => {
      const text = await readFile(world.at('rules/HN.yaml'), 'utf8')
      await writeFile(world.at('rules/HN.yaml'), text.trimEnd())
    },
    'warning RULES_CUT_OFF',
  ],
  [
    'an SDL that demands less than the contract, which no node takes',
    async () => {
      const text = await readFile(world.at('rules/HN.yaml'), 'utf8')
      await writeFile(world.at('rules/HN.yaml'), text.replace('127.0.0.1:1/" }', '127.0.0.1:1/", sdl: cases.graphql }'))
      await writeFile(world.at('rules/cases.graphql'), 'type Case { id: ID! }\n')
    },
    'wrong RULES_WRONG',
  ],
  [
    'a task force that is over',
    async () => {
      const text = await readFile(world.at('rules/HN.yaml'), 'utf8')
      await writeFile(world.at('rules/HN.yaml'), text.replace('2099-12-31', '2020-12-31'))
    },
    'warning TASK_FORCE_ENDED',
  ],
  [
    'a scope that nothing asks for',
    async () => {
      const text = await readFile(world.at('rules/HN.yaml'), 'utf8')
      await writeFile(world.at('rules/HN.yaml'), text.replace('case:read', 'case:raed'))
    },
    'warning SCOPE_UNKNOWN',
  ],
  ['a setting that is misspelt', setting({ COUNT_TRESHOLD: '20' }), 'warning SETTING_MISSPELT'],
  [
    'a policy for a field that there is not',
    overwrite('rules/HN.cedar', '@id("x") forbid (principal, action, resource == Field::"Case.narative");\n'),
    'warning POLICY_SUSPECT',
  ],
  ['a setting that nobody reads', setting({ WEATHER: 'fine' }), 'warning SETTING_UNKNOWN'],
  ['no folder of suspensions', setting({ SUSPENSIONS_DIR: null }), 'warning SUSPENSIONS_NONE'],
  ['a node for development', setting({ DEVELOPMENT: '1' }), 'warning DEVELOPMENT', 'warning RULES_CLOSED'],
  ['an address without TLS', setting({ OPERATOR_LISTEN: '0.0.0.0:0' }), 'wrong DANGER'],
  [
    'no audit log',
    setting({ AUDIT_LOG_DIR: null, AUDIT_LOG_KEY_FILE: null, AUDIT_LOG_REF_KEYS_FILE: null }),
    'wrong LOG_NONE',
  ],
  ['rows in memory', setting({ DATABASE_FOLDER: null }), 'warning DATABASE_NONE'],
  [
    'a server that does not answer',
    setting({ DATABASE_FOLDER: null, DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x' }),
    'wrong DATABASE_UNUSABLE',
  ],
  ['a log without salts', () => rm(world.at('audit-log/salts'), { recursive: true }), 'wrong LOG_SALTS'],
  ['a log without its checkpoint', () => rm(world.at('audit-log/log/checkpoint')), 'wrong LOG_DAMAGED'],
  [
    'a file in place of the folder of suspensions',
    async () => {
      await rm(world.at('suspensions'), { recursive: true })
      await writeFile(world.at('suspensions'), '')
    },
    'wrong FOLDER_CLOSED',
  ],
  ['a changed tile', overwrite('audit-log/log/tile/0/000.p/3', Buffer.alloc(96)), 'wrong LOG_DAMAGED'],
  [
    'a flipped byte in an entry of the log',
    async () => {
      const file = world.at('audit-log/log/tile/entries/000.p/3')
      const bytes = await readFile(file)
      // Within the first entry, so that the newest still has its time.
      bytes[20] = (bytes[20] ?? 0) ^ 1
      await writeFile(file, bytes)
    },
    'wrong LOG_DAMAGED',
  ],
  [
    'the key of another log',
    () => writeFile(world.at('keys/audit-log.key'), generateSignerKey('istmo.mp.hn/hn', SIGNATURE_TYPES.ed25519)),
    'wrong LOG_KEY',
  ],
  ['a key set that is gone', () => rm(world.at('gateway/leg.jwks.json')), 'wrong UNREACHED'],
  ['a key set without keys', overwrite('gateway/leg.jwks.json', '{"keys":[]}'), 'wrong KEY_SET_EMPTY'],
  ['a gateway that does not answer', setting({ LEG_JWKS_FILE: 'http://127.0.0.1:1/jwks' }), 'wrong UNREACHED'],
  [
    'a gateway whose clock is an hour ahead',
    async () => {
      const jwks = await readFile(world.at('gateway/leg.jwks.json'), 'utf8')
      const ours = JSON.stringify({ version: JSON.parse(await readFile('package.json', 'utf8')).version })
      const url = await serve({ '/jwks': jwks, '/status': ours }, new Date(Date.now() + 3_600_000))
      await world.writeEnv({ LEG_JWKS_FILE: `${url}/jwks` })
    },
    'wrong CLOCK_WRONG',
  ],
  [
    'a gateway of another version',
    async () => {
      const jwks = await readFile(world.at('gateway/leg.jwks.json'), 'utf8')
      const url = await serve({ '/jwks': jwks, '/status': '{"version":"9.0.0"}' })
      await world.writeEnv({ LEG_JWKS_FILE: `${url}/jwks` })
    },
    'warning VERSION_BEHIND',
  ],
  [
    'a port of another program',
    async () => world.writeEnv({ PORT: new URL(await serve({})).port }),
    'wrong PORT_TAKEN',
  ],
]

describe('istmo doctor', () => {
  const faults = FAULTS.map(([name, plant, expected, hidden = '']) => ({ name, plant, expected, hidden }))

  it.each(faults)('finds $name, and nothing else', async ({ plant, expected, hidden }) => {
    await plant()
    const report = await examine()
    const found = notWell(report)
    expect([...found].sort()).toEqual([...usual.filter((line) => line !== hidden), expected].sort())
    expect(report.code).toBe(expected.startsWith('wrong') ? 1 : 0)
    const finding = report.findings.find(({ state, code }) => `${state} ${code}` === expected)
    expect(finding?.what).not.toMatch(/\{\d\}|u:secret|undefined/)
    expect(finding?.remedy).toMatch(/\S/)
  })

  it('names all wrong settings at once, and looks at nothing else', async () => {
    await world.writeEnv({ COUNTRY: 'hn', PORT: 'x' })
    const report = await examine()
    expect(report.code).toBe(2)
    expect(report.findings.map(({ code, what }) => `${code} ${what.slice(0, 10)}`)).toEqual([
      'SETTINGS_WRONG --country ',
      'SETTINGS_WRONG --port (PO',
    ])
  })

  it('rejects a file of settings with a line of another form, by its number, without its value', async () => {
    await writeFile(world.at('node.env'), 'COUNTRY=HN\nDATABASE_URL="postgres://u:secret@db\n')
    const terminal = aTerminal()
    expect(await runDoctor(['--env', world.at('node.env')], terminal)).toBe(2)
    expect(terminal.err()).toContain('node.env, line 2: expected NAME=value')
    expect(terminal.err()).not.toContain('secret')
  })

  it('finds nothing wrong with a certificate for another name where the country’s file trusts its key', async () => {
    await replaceCertificate({ ipAddresses: ['127.0.0.2'] })
    const pin = pinOf(new X509Certificate(await readFile(world.at('tls/node.cert.pem'))))
    const rules = await readFile(world.at('rules/HN.yaml'), 'utf8')
    await writeFile(world.at('rules/HN.yaml'), rules.replace('{ ca: node-ca.pem }', `{ pins: [${pin}] }`))
    expect(notWell(await examine())).toEqual(usual)
  })

  it('warns of a certificate of a year 29 days before its end, as `istmo check` does', async () => {
    const day = 86_400_000
    await replaceCertificate({}, { notBefore: Date.now() - 336 * day, notAfter: Date.now() + 29 * day })
    expect(notWell(await examine())).toEqual(expect.arrayContaining(['warning CERTIFICATE_ENDS']))
  })

  it('speaks the language of the terminal, or that of --lang', async () => {
    await chmod(world.at('keys/leg.jwk.json'), 0o644)
    const spanish = aTerminal({ LANG: 'es_HN.UTF-8' })
    expect(await runDoctor(['--env', world.at('node.env')], spanish)).toBe(1)
    expect(spanish.out()).toMatch(/^Claves$/m)
    expect(spanish.out()).toMatch(/^ {4}qué hacer: Ejecute: chmod 600/m)
    const english = aTerminal({ LANG: 'es_HN.UTF-8' })
    await runDoctor(['--env', world.at('node.env'), '--lang', 'en', '--all'], english)
    expect(english.out()).toMatch(/^Keys$/m)
    expect(english.out()).toContain('well: the settings of the node of HN')
  })

  it('names an old Node.js', () => {
    for (const language of ['en', 'es'] as const)
      expect(sayFinding(checkVersions('22.1.0'), language)).toContain('22.1.0')
    expect(checkVersions('22.1.0').id).toBe('VERSION_NODE')
    expect(severityOf(checkVersions('22.1.0'))).toBe('error')
    // A node does not start on it either (service/dangers.ts).
    expect(severityOf(checkVersions('24.21.0'))).toBe('error')
    expect(severityOf(checkVersions())).toBe('well')
  })
})

it('a node does not start on a log of another key, and says what to look at', async () => {
  await world.writeEnv({ DATABASE_FOLDER: null })
  await writeFile(world.at('keys/audit-log.key'), generateSignerKey('istmo.mp.hn/hn', SIGNATURE_TYPES.ed25519))
  await expect(world.start()).rejects.toThrow(
    /audit-log: the log is damaged: SIGNATURE.*AUDIT_LOG_KEY_FILE.*istmo doctor.*When an audit log is lost/,
  )
})

describe('in a database', () => {
  let database: TestDatabase
  let modules: readonly DomainModule[]
  const look = async (db = database.db) =>
    (await checkOpenDatabase(db, { country: 'HN', modules, isServer: true }))
      .filter((finding) => severityOf(finding) !== 'well')
      .map((finding) => `${severityOf(finding)} ${finding.id} ${listWhat(finding)}`)
  const listWhat = ({ id, place, details }: Finding): string =>
    id === 'ROWS_NONE' ? String(details?.[0]) : id === 'DATABASE_OF_OTHER_COUNTRY' ? String(details?.came) : place

  beforeAll(async () => {
    modules = await loadDomains(['cases', 'persons', 'legal'])
    database = await openTestDatabase(modules, 'HN')
    expect(await look()).toEqual(['warning ROWS_NONE cases, persons, legal'])
    await database.db.execute(
      `insert into cases.case_file (id, agency, handling, recorded_at, synthetic) values ('HN:C-1', 'MP', '{H1}', now(), true);
       insert into persons.person (id, agency, handling, recorded_at, synthetic) values ('HN:P-1', 'MP', '{H1}', now(), true);`,
    )
    expect(await look()).toEqual(['warning ROWS_NONE legal'])
    await database.db.execute(`insert into legal.statute (id) values ('HN:CP:1')`)
    expect(await look()).toEqual([])
  })
  afterAll(() => database.close())

  it.each([
    ['an asynchronous standby', { commits: 'on', names: '' }, 'warning STANDBY_ASYNCHRONOUS'],
    ['a standby for which no commit waits', { commits: 'local', names: 'second' }, 'warning STANDBY_ASYNCHRONOUS'],
    ['commits that a crash forgets', { commits: 'off', names: 'second' }, 'warning COMMITS_UNSAFE'],
  ])('finds %s, and nothing else', async (_, answer, expected) => {
    const { db } = database
    const replicated: Database = {
      ...db,
      query: async <Row>(sql: string, params?: readonly unknown[]) =>
        sql.includes('pg_stat_replication') ? [{ ...answer, has_standby: true } as Row] : db.query<Row>(sql, params),
    }
    const found = await look(replicated)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })

  it.each([
    [
      'a dropped index',
      'drop index persons.person_name_keys',
      'create index person_name_keys on persons.person_name using gin (keys) with (fastupdate = off)',
      'warning INDEX_MISSING persons.person_name',
    ],
    [
      'a table that filters nothing',
      'alter table cases.warrant disable row level security',
      'alter table cases.warrant enable row level security',
      'error TABLE_OPEN cases.warrant',
    ],
    [
      'a role that may write',
      'grant delete on cases.warrant to istmo_reader',
      'revoke delete on cases.warrant from istmo_reader',
      'error READER_UNSAFE',
    ],
    [
      'the records of another country',
      `update istmo.setting set value = 'GT' where name = 'country'`,
      `update istmo.setting set value = 'HN' where name = 'country'`,
      'error DATABASE_OF_OTHER_COUNTRY GT',
    ],
    [
      'a migration of a later version',
      `insert into istmo.migration (name, sha256) values ('cases/999-later.sql', 'x')`,
      `delete from istmo.migration where name = 'cases/999-later.sql'`,
      'error MIGRATIONS_NEWER cases/999-later.sql',
    ],
    [
      'a migration that was altered',
      `update istmo.migration set sha256 = sha256 || 'x' where name = 'cases/001-cases.sql'`,
      `update istmo.migration set sha256 = left(sha256, -1) where name = 'cases/001-cases.sql'`,
      'error MIGRATIONS_ALTERED cases/001-cases.sql',
    ],
    [
      'a server that takes no writes',
      'set default_transaction_read_only = on',
      'set transaction read write; set default_transaction_read_only = off',
      'error DATABASE_READ_ONLY',
    ],
    [
      'rows without statistics',
      `insert into istmo.row_count select repeat('x', 40) || n, date '2026-01-01', 1 from generate_series(1, 3000) n`,
      'delete from istmo.row_count',
      'warning STATISTICS_OLD istmo.row_count',
    ],
  ])('finds %s, and nothing else', async (_, plant, mend, expected) => {
    await database.db.execute(plant)
    const found = await look()
    await database.db.execute(mend)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })

  it('finds migrations that have not run', async () => {
    await database.db.execute(
      `create table kept as select * from istmo.migration; delete from istmo.migration where name like 'legal/%'`,
    )
    const found = await look()
    await database.db.execute('insert into istmo.migration select * from kept on conflict do nothing; drop table kept')
    const legal = (await listMigrations(modules)).filter(({ name }) => name.startsWith('legal/'))
    expect(found).toHaveLength(legal.length)
    for (const each of found) expect(each).toMatch(/^warning MIGRATION_MISSING legal\//)
  })
})
