import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { findSalt } from '../../audit/salts/salts.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { parseLegSalt, saltedHash } from '../../contract/leg-salt.ts'
import { newLegSalt } from '../../subgraphs/kit/testing.ts'
import { RULES } from '../country-access/honduras.ts'
import { startTestSidecar, type TestSidecar } from '../country-access/node.ts'
import { answerJson, type Service, startService } from './upstream.ts'

const CASE = '{ case(id: "HN:1") { id } }'
const BYTES = '{ "data" : { "case": {"id":"HN:1"} } }'

let folder: string
let key: string
let service: Service

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-sidecar-'))
  key = generateSignerKey('istmo.example/hn', SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'key'), key)
  await rotateKeyFile(join(folder, 'refs.json'), Date.now())
  service = await startService()
})

afterEach(async () => {
  await service.close()
  await rm(folder, { recursive: true })
})

function startSidecar(): Promise<TestSidecar> {
  const files = { dir: join(folder, 'record'), key: join(folder, 'key'), 'ref-keys': join(folder, 'refs.json') }
  const flags = Object.entries(files).flatMap(([name, value]) => [`--audit-log-${name}`, value])
  return startTestSidecar(RULES, service.url, ...flags)
}

async function send(sidecar: TestSidecar, query: string, salt = newLegSalt()): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await sidecar.sign(query)}`, ...salt }
  return fetch(`${sidecar.url}/cases`, { method: 'POST', headers, body: JSON.stringify({ query }) })
}

async function readLegs(): Promise<readonly EntryOf<'leg'>[]> {
  const source = folderSource(join(folder, 'record/log'))
  const policy = parsePolicy(`log ${parseSignerKey(key).verifier.vkey}\nquorum none\n`)
  const { size, findings } = await verifyLog(source, policy)
  expect(findings).toEqual([])
  const legs: EntryOf<'leg'>[] = []
  for await (const { bytes } of readEntries(source, size ?? 0)) {
    const entry = parseEntry(bytes)
    if (entry.kind === 'leg') legs.push(entry)
  }
  return legs
}

/** A sidecar writes an audit log as a node does: it holds what was rejected, what was answered, and what failed behind it. */
it('writes each leg to the audit log with salted hashes of its bytes, and answers with a receipt', async () => {
  const sidecar = await startSidecar()
  const salt = newLegSalt()
  try {
    service.answer = (response) => answerJson(response, BYTES)
    const answered = await send(sidecar, CASE, salt)
    const refused = await send(sidecar, '{ case(id: "HN:1") { prosecutor } }')
    service.answer = (response) => answerJson(response, 'Ana María', 500)
    const failed = await send(sidecar, CASE)
    for (const response of [answered, refused, failed]) expect(response.headers.get('istmo-receipt')).toBeTruthy()
    expect(await answered.text()).toBe(BYTES)
  } finally {
    await sidecar.close()
  }
  const legs = await readLegs()
  const bytes = parseLegSalt(salt['Istmo-Leg-Salt'] ?? '') ?? Buffer.alloc(0)
  const isSalted = ({ responseHash }: EntryOf<'leg'>): boolean => responseHash === saltedHash(bytes, BYTES)
  expect(legs.map((leg) => [leg.result.status, leg.result.code, isSalted(leg), leg.records.count])).toEqual([
    [200, null, true, 1],
    [403, 'REFUSED_BY_NODE', false, 0],
    [502, 'BAD_ANSWER', false, 0],
  ])
  expect(await findSalt(join(folder, 'record/salts'), legs[0]?.id ?? '')).toEqual({ kind: 'KEPT', salt: bytes })
})

it('rejects the salt of a leg that it answered before it was started again, and hashes nothing under it', async () => {
  service.answer = (response) => answerJson(response, BYTES)
  const salt = newLegSalt()
  const first = await startSidecar()
  try {
    expect((await send(first, CASE, salt)).status).toBe(200)
  } finally {
    await first.close()
  }
  const second = await startSidecar()
  try {
    const repeated = await send(second, CASE, salt)
    expect([repeated.status, await repeated.text()]).toEqual([400, expect.stringContaining('LEG_SALT_REPEATED')])
    expect(repeated.headers.get('istmo-receipt')).toBeTruthy()
    expect((await send(second, CASE)).status).toBe(200)
  } finally {
    await second.close()
  }
  const legs = await readLegs()
  expect(legs.map(({ result, requestHash, responseHash }) => [result.code, requestHash, responseHash])).toEqual([
    [null, expect.any(String), expect.any(String)],
    ['LEG_SALT_REPEATED', null, null],
    [null, expect.any(String), expect.any(String)],
  ])
  expect(service.came).toHaveLength(2)
})
