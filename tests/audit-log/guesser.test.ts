/** Nobody confirms a guess from a log, an export, a receipt or an index, unless the salt is there; and nobody does after its erasure. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openIndexDatabase } from '../../audit/index/database.ts'
import { followLog } from '../../audit/index/store.ts'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { eraseSalt, findSalt } from '../../audit/salts/salts.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { deriveLegSalt, saltedHash } from '../../contract/leg-salt.ts'
import { parseReceiptHeader } from '../../contract/receipt.ts'
import { auditHere } from '../audit-cli/istmo.ts'
import { type Candidate, guess } from './guess.ts'
import { bytesBelow, createLoggedGateway, type LoggedGatewayWorld } from './logged-gateway.ts'

const PROJECT = join(import.meta.dirname, '../..')
const WITH_VARIABLE = `query Find($search: PersonSearch!) { persons(search: $search, first: 5) {
  edges { node { id names { full } birthDate identifiers { value } cases { edges { node { id } } } } } } }`
const withLiterals = (name: string, alias: string, search: string) =>
  `query ${name} { ${alias}: persons(search: { name: ${search} }, first: 4) { edges { node { id names { full } } } } }`

let place: LoggedGatewayWorld
/** All values of the test data. */
let values: readonly string[]
/** All that may be hashed: values, requests of clients, legs and their answers, lists of record refs. */
let candidates: readonly Candidate[]
/** What the guesser holds. The salts are not among it. */
let places: Readonly<Record<string, Buffer>>
let gatewayEntries: readonly Entry[]
let nationalEntries: readonly Entry[]
let knownParts: readonly string[]
/** The bodies that the clients sent. */
const questions: { readonly query: string; readonly variables?: object }[] = []

beforeAll(async () => {
  place = await createLoggedGateway()
  values = await listValues()
  const sent: string[] = []
  const gateway = await place.start()
  const ask = async (body: (typeof questions)[number] & { readonly operationName?: string }): Promise<void> => {
    questions.push(body)
    sent.push(JSON.stringify(body), ...Object.values(body).map((part) => JSON.stringify(part)))
    await gateway.ask(body)
  }
  const names = values.filter((value) => / /.test(value)).slice(0, 4)
  for (const name of names) await ask({ query: WITH_VARIABLE, variables: { search: { name } } })
  const ids = values.filter((value) => /^HN:/.test(value)).slice(0, 2)
  for (const id of ids) {
    await ask({ query: `{ case(id: "${id}") { id } person(id: "${id}") { id names { full } } }` })
    await ask({ query: withLiterals('Find', 'found', JSON.stringify(names[0])), operationName: 'Find' })
  }
  const number = values.find((value) => /^\d{6,}$/.test(value.replaceAll('-', ''))) ?? '0801199012345'
  const word = `D${number.replaceAll('-', '')}`
  await ask({ query: withLiterals(word, word, JSON.stringify(names[1])), operationName: word })
  await ask({ query: `query ($${word}: ID!) { person(id: $${word}) { id } }`, variables: { [word]: ids[0] } })
  await gateway.end('SIGTERM')
  await place.stopNode()
  gatewayEntries = await place.entriesOf('gateway')
  nationalEntries = await place.entriesOf('HN')
  const reading = ['--own-log', 'own', '--own-key', 'own.key', '--out', 'hn.jsonl']
  await audit('export', '--log', 'record-gateway/log', '--policy', 'gateway.policy', '--country', 'HN', ...reading)
  places = {
    'the gateway’s log': await bytesBelow(join(place.folder, 'record-gateway/log')),
    'Honduras’s log': await bytesBelow(join(place.folder, 'record-HN/log')),
    'the index': await readIndex(),
    'the export': await readFile(join(place.folder, 'hn.jsonl')),
    'the receipts': Buffer.from(place.wire.passed.map(({ receipt }) => readReceipt(receipt)).join('\n')),
    'the gateway’s lines': Buffer.from(gateway.said()),
    'Honduras’s lines': Buffer.from(place.nodeSaid()),
  }
  candidates = listCandidates(sent)
  knownParts = listKnownParts()
})
afterAll(() => place.remove())

async function listValues(): Promise<readonly string[]> {
  const rows = await place.db.query<
    Record<string, string | null>
  >(`select p.id, n.full_name, p.birth_date::text as born, i.value,
      c.id as "case" from persons.person p left join persons.person_name n on n.person_id = p.id
    left join persons.identifier i on i.person_id = p.id left join cases.case_file c on true`)
  const all = rows.flatMap((row) => Object.values(row).filter((value) => value !== null))
  return [...new Set(all)]
}

/** Returns the rows of the index of both logs. The database has nothing else of ours. */
async function readIndex(): Promise<Buffer> {
  const db = await openIndexDatabase(undefined)
  try {
    for (const whose of ['gateway', 'HN'] as const) await followLog(db, await place.readerOf(whose))
    const tables = await db.query<{ readonly name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    const rows = await Promise.all(tables.map(({ name }) => db.query(`select to_jsonb(t)::text as row from ${name} t`)))
    return Buffer.from(JSON.stringify(rows))
  } finally {
    await db.close()
  }
}

/** Runs a command in the folder of the story, in which the policies and keys are. */
async function audit(...args: readonly string[]): Promise<void> {
  for (const whose of ['gateway', 'HN'] as const) {
    await writeFile(join(place.folder, `${whose}.policy`), place.policyOf(whose))
  }
  await writeFile(join(place.folder, 'own.key'), generateSignerKey('istmo.example/own', SIGNATURE_TYPES.ed25519), {
    flag: 'wx',
    mode: 0o600,
  }).catch(() => undefined)
  const command = [join(PROJECT, 'cli/istmo.ts'), 'audit', ...args]
  await promisify(execFile)(process.execPath, command, { cwd: place.folder })
}

function readReceipt(header: string): string {
  const proof = parseReceiptHeader(header) ?? ''
  // A proof has its entry in Base 64; a guesser reads it.
  return `${proof}\n${Buffer.from(/extra ([\w+/=]+)/.exec(proof)?.[1] ?? '', 'base64').toString('latin1')}`
}

function listCandidates(sent: readonly string[]): readonly Candidate[] {
  const legs = place.wire.passed.flatMap(({ request, response }) => {
    return [request, response, JSON.stringify(JSON.parse(request).variables)]
  })
  const details = nationalEntries.flatMap((entry) => (entry.kind === 'leg-detail' ? [entry.refs] : []))
  const refs = details.map((each) => each.map((ref) => `${ref}\n`).join(''))
  const texts = [...values.flatMap((value) => [value, JSON.stringify(value), value.toLowerCase()]), ...sent, ...legs]
  return [...new Set([...texts, ...refs])].map((bytes) => ({ name: bytes.slice(0, 200), bytes }))
}

/**
 * Lists the texts of legs with a value in each place of a variable. The hash of a leg's text is public, as the token's `op`: with a value in the
 * text, it would confirm the value.
 */
function listWrittenLegs(): readonly Candidate[] {
  const queries = new Set(
    place.wire.passed.map(({ request }) => (JSON.parse(request) as { readonly query: string }).query),
  )
  return [...queries]
    .flatMap((query) =>
      values
        .map((value) => query.replace(/(?<=:)\$v\d+/, JSON.stringify(value)))
        .map((bytes) => ({ name: bytes, bytes })),
    )
    .filter(({ bytes }) => !queries.has(bytes))
}

/** The texts that stand in a log in the open. */
function listKnownParts(): readonly string[] {
  const parts = new Set<string>([''])
  for (const entry of [...gatewayEntries, ...nationalEntries]) {
    for (const value of Object.values(entry)) if (typeof value === 'string' && value.length < 60) parts.add(value)
  }
  return [...parts].slice(0, 20)
}

const bothSalts = ['record-gateway/salts', 'record-HN/salts'] as const

/** Lists the legs that passed, each as hashed under each salt that is in reach of one of the two operators. */
async function listSalted(): Promise<readonly Candidate[]> {
  const legs = nationalEntries.filter((entry) => entry.kind === 'leg')
  const found: Uint8Array[] = []
  for (const { id, requestId } of legs) {
    const own = await findSalt(join(place.folder, bothSalts[1]), id)
    if (own.kind === 'KEPT') found.push(own.salt)
    const request = await findSalt(join(place.folder, bothSalts[0]), requestId ?? '')
    if (request.kind === 'KEPT') for (let n = 1; n < 5; n++) found.push(deriveLegSalt(request.salt, n))
  }
  return place.wire.passed.flatMap(({ request, response }) =>
    found.flatMap((salt) =>
      [request, response].map((body) => ({ name: body, bytes: Buffer.concat([salt, Buffer.from(body)]) })),
    ),
  )
}

describe('a guesser over the whole test data', () => {
  it('holds real hashes of real requests', () => {
    expect(values.length).toBeGreaterThan(30)
    expect(place.wire.passed.length).toBeGreaterThan(8)
    expect(place.wire.passed.some(({ response }) => values.some((value) => response.includes(value)))).toBe(true)
    // A planted hash of each form is found, so the guesser can find one.
    for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const) {
      const hash = Buffer.from(saltedHash(Buffer.alloc(0), values[0] ?? ''), 'hex').toString(form)
      expect(guess([{ name: 'it', bytes: values[0] ?? '' }], [Buffer.from(`xx "${hash}" `, 'latin1')], [])).toEqual([
        'it',
      ])
    }
  })

  it('confirms nothing from logs, index, export, receipts and the operators’ lines', () => {
    for (const [name, bytes] of Object.entries(places)) expect(bytes.length, name).toBeGreaterThan(500)
    expect(candidates.length).toBeGreaterThan(200)
    expect(guess(candidates, Object.values(places), knownParts)).toEqual([])
    expect(listWrittenLegs().length).toBeGreaterThan(200)
    expect(guess(listWrittenLegs(), Object.values(places), [])).toEqual([])
  })

  it('reads no value, and no name that a client chose, in any of them', () => {
    for (const [name, bytes] of Object.entries(places)) {
      const words = values.filter((value) => value.length > 5)
      expect(
        words.filter((value) => bytes.includes(value)),
        name,
      ).toEqual([])
      expect(bytes.toString('latin1'), name).not.toMatch(/D\d{9}|"Find"/)
    }
  })

  it('finds no value and no name of a client’s operation or variable in the text of any leg', () => {
    for (const { request } of place.wire.passed) {
      const { query } = JSON.parse(request) as { readonly query: string }
      expect(query).not.toMatch(/"|[(:[]\s*-?\d|query [A-Z]|\$D\d/)
    }
  })

  it('finds each question with the gateway’s salts by what the client sent, and none of others', async () => {
    const file = join(place.folder, 'tried.jsonl')
    const trial = ['--no-index', '--log', 'record-gateway/log', '--policy', 'gateway.policy', '--opens', file]
    const own = ['--own-log', 'own', '--own-key', 'own.key', '--salts', 'record-gateway/salts', '--json']
    const search = async (lines: readonly object[]) => {
      await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
      const { code, stdout } = await auditHere(['search', ...trial, ...own], place.folder)
      return { code, entries: (JSON.parse(stdout) as { readonly entries?: readonly object[] }).entries?.length ?? 0 }
    }
    expect(await search(questions)).toEqual({ code: 0, entries: questions.length })
    for (const [at, question] of questions.slice(-2).entries()) {
      expect([at, await search([question])]).toEqual([at, { code: 0, entries: 1 }])
    }
    const [{ query } = { query: '' }] = questions
    expect(await search([{ query, variables: { search: { name: 'Nadie de Ninguna Parte' } } }])).toEqual({
      ...{ code: 1, entries: 0 },
    })
    // Who has only the variables cannot know in which text they stood.
    expect(await search([{ search: { name: 'Nadie de Ninguna Parte' } }])).toEqual({ code: 2, entries: 0 })
  })

  it('finds each leg with its salt, in both logs, and none after the salts are erased', async () => {
    const salted = await listSalted()
    for (const name of ['the gateway’s log', 'Honduras’s log'] as const) {
      const found = new Set(guess(salted, [places[name] ?? Buffer.alloc(0)], []))
      for (const { request, response } of place.wire.passed)
        expect([found.has(request), found.has(response)]).toEqual([true, true])
    }
    const legs = nationalEntries.flatMap(({ kind, id }) => (kind === 'leg' ? [id] : []))
    const requests = gatewayEntries.flatMap(({ kind, id }) => (kind === 'request' ? [id] : []))
    for (const [whose, [first = '', ...others]] of Object.entries({ HN: legs, gateway: requests })) {
      // The command for one, and what it does for the others, because each command is a process.
      await audit('erase', first, '--log', `record-${whose}`, '--key', `keys/${whose}.key`, '--reason', 'COURT_ORDER')
      for (const id of others) await eraseSalt(join(place.folder, `record-${whose}/salts`), id)
    }
    expect(await listSalted()).toEqual([])
    // Nothing that is left anywhere beside the logs is such a salt.
    const [leg] = place.wire.passed
    const left = Buffer.concat(await Promise.all(bothSalts.map((each) => bytesBelow(join(place.folder, each)))))
    const all: Candidate[] = []
    for (let at = 0; at + 16 <= left.length; at++) {
      all.push({ name: 'a leg', bytes: Buffer.concat([left.subarray(at, at + 16), Buffer.from(leg?.request ?? '')]) })
    }
    expect(guess(all, Object.values(places), [])).toEqual([])
  })
})
