import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type NoteVerifier, parseSignerFile } from '../../audit/note/key.ts'
import { type KeyRotation, parseRotation } from '../../audit/note/rotation.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { createReceiptChecker } from '../../audit/verify/receipt-checker.ts'
import { parseReceiptHeader } from '../../contract/receipt.ts'
import { runDoctor } from '../../joining/running/doctor-command.ts'
import { readLogState } from '../../joining/running/log-state.ts'
import { runRotateKeys } from '../../joining/running/rotate-command.ts'
import type { RunningNode } from '../../subgraphs/kit/server.ts'
import { aTerminal, makeLegKey, type NodeWorld, openNodeWorld, PLAIN_ENV } from './world.ts'

/** Keys are replaced at a node that answers questions all the time, and no question fails. */

const QUERY = '{ cases(countries: ["HN"], first: 1) { edges { node { id } } } }'

let world: NodeWorld
let service: Server
let node: RunningNode

beforeAll(async () => {
  world = await openNodeWorld()
  // A service of the country answers: to open an embedded database would take longer than all of these tests.
  const answer = { data: { cases: { edges: [{ node: { id: 'HN:C-1' } }] } } }
  service = createServer((_, response) => {
    response.setHeader('content-type', 'application/graphql-response+json')
    response.end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(service, 'listening')
  const { port } = service.address() as AddressInfo
  const plain = { ...PLAIN_ENV, DATABASE_FOLDER: null, DOMAINS: 'cases', UPSTREAM: `cases=http://127.0.0.1:${port}/` }
  await world.writeEnv(plain)
  node = await world.start()
  const { host } = new URL(node.operatorUrl ?? '')
  await world.writeEnv({ ...plain, OPERATOR_LISTEN: host })
})
afterAll(async () => {
  await node.close()
  service.close().closeAllConnections()
  await world.close()
})

async function rotateAt({ at }: NodeWorld, ...args: string[]) {
  const terminal = aTerminal()
  const code = await runRotateKeys([...args, '--env', at('node.env')], terminal)
  return { code, out: terminal.out(), err: terminal.err() }
}

const rotate = (...args: string[]) => rotateAt(world, ...args)

interface Status {
  readonly keys: { readonly nodeKey: string; readonly refEpoch: number; readonly gatewayKeys: readonly string[] }
  readonly legs: {
    readonly outcomes: readonly { readonly domain: string; readonly code: string; readonly count: number }[]
    readonly lastFailures: readonly { readonly code: string; readonly requestId: string | null }[]
  }
  readonly rules: { readonly access: string }
  readonly auditLog: { readonly entries: number; readonly isWritable: boolean; readonly diskFree: number }
  readonly database: { readonly problems: Readonly<Record<string, string | null>> }
}
const status = async (): Promise<Status> => (await (await fetch(`${node.operatorUrl}/status`)).json()) as Status

/** Asks all the time while the work is done. Every question must be answered. */
async function underQuestions<T>(work: () => Promise<T>): Promise<T> {
  let isOver = false
  const asking = (async () => {
    do {
      const { status: code, body } = await world.ask(node, 'cases', QUERY)
      expect({ code, errors: body.errors }).toEqual({ code: 200, errors: undefined })
      await sleep(20)
    } while (!isOver)
  })()
  const done = await work().finally(() => {
    isOver = true
  })
  await asking
  return done
}

it('the node’s own key: prepared first, for the partners, and then put in its place', async () => {
  const before = (await status()).keys.nodeKey
  expect(await rotate('node-key', '--switch')).toMatchObject({
    code: 2,
    err: expect.stringContaining('a prepared key'),
  })
  const prepared = await underQuestions(() => rotate('node-key'))
  expect(prepared).toMatchObject({ code: 0, err: '' })
  const [thumbprint = ''] = /^[\w-]{43}$/m.exec(prepared.out) ?? []
  expect((await stat(world.at('keys/leg.jwk.json.next'))).mode & 0o777).toBe(0o600)
  expect((await rotate('node-key')).out).toContain(thumbprint)
  expect((await status()).keys.nodeKey).toBe(before)
  const switched = await underQuestions(() => rotate('node-key', '--switch'))
  expect(switched).toMatchObject({ code: 0, out: expect.stringContaining('The node uses it.') })
  expect((await status()).keys.nodeKey).toBe(thumbprint)
  expect(thumbprint).not.toBe(before)
  expect((await stat(world.at('keys/leg.jwk.json'))).mode & 0o777).toBe(0o600)
})

it('the keys of the refs: entries have refs of the new epoch, and the file keeps the old one', async () => {
  expect(await underQuestions(() => rotate('ref-keys'))).toMatchObject({ code: 0, err: '' })
  expect((await status()).keys.refEpoch).toBe(2)
  const refsOfALeg = async () => {
    await world.ask(node, 'cases', QUERY)
    return lastRefs()
  }
  await expect.poll(refsOfALeg).toEqual(['2'])
  const { epochs } = JSON.parse(await readFile(world.at('keys/audit-log-refs.json'), 'utf8'))
  expect(epochs).toHaveLength(2)
})

/** Returns the epochs of the refs in the newest published entry. */
async function lastRefs(): Promise<readonly string[]> {
  const signer = parseSignerFile(await readFile(world.at('keys/audit-log.key'), 'utf8'))
  const state = await readLogState(world.at('audit-log'), signer)
  if (state === null) return []
  for await (const { bytes } of readEntries(state.source, state.size, state.size - 1)) {
    const refs = Buffer.from(bytes)
      .toString('utf8')
      .matchAll(/"(\d+)\.[\w-]{43}"/g)
    return [...new Set([...refs].map(([, epoch = '']) => epoch))]
  }
  return []
}

it('the key of the audit log: both sign, until whoever checks the log has the proof', async () => {
  const keyFile = world.at('keys/audit-log.key')
  const [oldKey] = (await readFile(keyFile, 'utf8')).trim().split('\n')
  const { verifier: before } = parseSignerFile(await readFile(keyFile, 'utf8'))
  expect(await rotate('audit-log-key', '--finish')).toMatchObject({
    code: 1,
    err: expect.stringContaining('expected a log whose key is replaced'),
  })
  const replaced = await underQuestions(() => rotate('audit-log-key', '--reason', 'HOLDER_LEFT'))
  expect(replaced).toMatchObject({ code: 0, err: '', out: expect.stringContaining('The node uses it.') })
  const proof = await readFile(world.at('audit-log/log/rotations/0'), 'utf8')
  expect(replaced.out).toContain(world.at('audit-log/log/rotations/0'))
  expect(replaced.out).toContain(`receipts:\n  vkey: ${before.vkey}\n  rotations:\n    - HN.rotation-0\n`)
  const rotation = parseRotation(proof)
  expect(JSON.parse(Buffer.from(rotation.entry).toString('utf8'))).toMatchObject({ reason: 'HOLDER_LEFT' })
  expect(await (await fetch(`${node.url}/vkey`)).text()).toBe(`${rotation.newKey.vkey}\n`)
  // Run again, as after a kill, it says so and changes nothing.
  expect((await rotate('audit-log-key')).out).toContain('was replaced before')
  expect(await checkersThatTakeALeg(before, rotation)).toEqual({ unaware: true, aware: true })
  // Whoever has only this file would drop each answer.
  const rules = world.at('rules/HN.yaml')
  const text = await readFile(rules, 'utf8')
  await writeFile(rules, `${text}receipts: { vkey: "${before.vkey}" }\n`)
  expect(await rotate('audit-log-key', '--finish')).toMatchObject({
    ...{ code: 2, err: expect.stringContaining('expected a country’s file that leads to the new key') },
  })
  expect(await readFile(keyFile, 'utf8')).toContain(oldKey)
  await writeFile(world.at('rules/rotation-0'), proof)
  await writeFile(rules, `${text}receipts: { vkey: "${before.vkey}", rotations: [rotation-0] }\n`)
  // The gateway's copy of the file is another one, and what counts. A status stands for the gateway.
  let logKeys: readonly string[] = [before.vkey]
  const gateway = createServer((_, response) =>
    response.end(JSON.stringify({ participants: [{ country: 'HN', logKeys }] })),
  )
  await once(gateway.listen(0, '127.0.0.1'), 'listening')
  const address = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/.well-known/jwks.json`
  const finish = () => rotate('audit-log-key', '--finish', '--gateway-jwks', address)
  expect(await finish()).toMatchObject({ code: 2, err: expect.stringContaining('does not yet, and it would drop') })
  expect(await readFile(keyFile, 'utf8')).toContain(oldKey)
  logKeys = [before.vkey, rotation.newKey.vkey]
  const finished = await underQuestions(finish)
  gateway.close().closeAllConnections()
  expect(finished.out).toContain('takes the new key.')
  expect(finished).toMatchObject({ code: 0, err: '', out: expect.stringContaining(rotation.newKey.vkey) })
  expect(await readFile(keyFile, 'utf8')).not.toContain(oldKey)
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
  expect(await checkersThatTakeALeg(before, rotation)).toEqual({ unaware: false, aware: true })
  expect(await rotate('audit-log-key', '--finish')).toMatchObject({ code: 0, err: '' })
})

/** Asks once, and gives the receipt to a gateway with the old key only, and to one that also has the proof of the rotation. */
async function checkersThatTakeALeg(key: NoteVerifier, rotation: KeyRotation) {
  const { receipt } = await world.ask(node, 'cases', QUERY)
  const proof = parseTlogProof(parseReceiptHeader(receipt ?? '') ?? '')
  const takes = (rotations: readonly KeyRotation[]): boolean => {
    try {
      createReceiptChecker(key, rotations)(proof, proof.extra ?? new Uint8Array())
      return true
    } catch {
      return false
    }
  }
  return { unaware: takes([]), aware: takes([rotation]) }
}

it('the gateway’s key: both count for a while, and then only the new one', async () => {
  const next = await makeLegKey('k2')
  const added = join(world.folder, 'new.jwks.json')
  await writeFile(added, JSON.stringify({ keys: [next.jwk] }))
  expect((await world.ask(node, 'cases', QUERY, next)).status).toBe(401)
  expect(await underQuestions(() => rotate('gateway-key', '--add', added))).toMatchObject({ code: 0, err: '' })
  expect((await world.ask(node, 'cases', QUERY, next)).status).toBe(200)
  expect((await world.ask(node, 'cases', QUERY)).status).toBe(200)
  expect(await rotate('gateway-key', '--drop', 'k1')).toMatchObject({ code: 0, err: '' })
  expect((await world.ask(node, 'cases', QUERY)).status).toBe(401)
  expect((await world.ask(node, 'cases', QUERY, next)).status).toBe(200)
  expect(await rotate('gateway-key', '--drop', 'k2')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is the only one'),
  })
  const text = await readFile(world.at('gateway/leg.jwks.json'), 'utf8')
  await writeFile(world.at('gateway/leg.jwks.json'), 'torn')
  await node.reload()
  expect((await world.ask(node, 'cases', QUERY, next)).status).toBe(200)
  await writeFile(world.at('gateway/leg.jwks.json'), text)
})

it('a node that answers late is asked again, and is not said to be stopped', async () => {
  const busy = await openNodeWorld()
  let asked = 0
  const operator = createServer((_, response) => {
    asked += 1
    if (asked > 1) response.end(JSON.stringify({ keys: { nodeKey: null, refEpoch: 2, gatewayKeys: null } }))
  })
  await once(operator.listen(0, '127.0.0.1'), 'listening')
  const { port } = operator.address() as AddressInfo
  await busy.writeEnv({ ...PLAIN_ENV, OPERATOR_LISTEN: `127.0.0.1:${port}` })
  expect(await rotateAt(busy, 'ref-keys')).toMatchObject({ code: 0, out: expect.stringContaining('The node uses it.') })
  operator.close().closeAllConnections()
  await busy.close()
})

it.each([
  [['--switch'], '--switch: expected it only with node-key'],
  [['tls', '--add', 'x'], '--add, --drop: expected them only with gateway-key'],
  [['gateway-key'], 'expected one of --add and --drop; came none'],
  [['gateway-key', '--add', 'x', '--drop', 'y'], 'came both'],
  [
    ['gateway-key', '--add', 'missing.json'],
    'missing.json: expected a file that can be read; there is no such file or folder (ENOENT)',
  ],
  [['node-key', '--finish'], '--finish, --reason: expected them only with audit-log-key'],
  [['audit-log-key', '--finish', '--reason', 'OTHER'], '--finish, --reason: expected one of both'],
  [['audit-log-key', '--reason', 'BORED'], '--reason: expected one of ROUTINE'],
  [['keys'], '<kind>: expected one of node-key'],
])('%j is rejected: %s', async (args, message) => {
  expect(await rotate(...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) })
})

it('a private key is never taken for a public one', async () => {
  const file = world.at('keys/leg.jwk.json')
  const set = join(world.folder, 'private.jwks.json')
  await writeFile(set, JSON.stringify({ keys: [JSON.parse(await readFile(file, 'utf8'))] }))
  const { code, err } = await rotate('gateway-key', '--add', set)
  expect({ code, err: err.includes('came a private one') }).toEqual({ code: 2, err: true })
})

it('what the node does not do itself is said with its own paths', async () => {
  const { out } = await rotate('suspension-key')
  expect(out).toContain(`add its line to \`suspenders\` in ${world.at('rules/HN.yaml')}`)
  expect((await rotate('database-password')).out).toContain('THE NODE RESTARTS')
})

it('the doctor says that the node decides by the file, or by other rules when it refused the changed file', async () => {
  const rules = async (): Promise<readonly string[]> => {
    const terminal = aTerminal()
    await runDoctor(['--env', world.at('node.env'), '--json'], terminal)
    const { findings } = JSON.parse(terminal.out()) as { findings: readonly { state: string; code: string }[] }
    return findings.filter(({ code }) => code.startsWith('RULES_')).map(({ state, code }) => `${state} ${code}`)
  }
  expect(await rules()).toEqual(['well RULES_READ', 'well RULES_IN_FORCE'])
  const text = await readFile(world.at('rules/HN.yaml'), 'utf8')
  // A copy that broke before its last line break: it can be read, and says less.
  const cut = text.slice(0, text.indexOf('policies:')).trimEnd()
  await writeFile(world.at('rules/HN.yaml'), cut)
  await node.reload()
  expect(await rules()).toEqual(['well RULES_READ', 'warning RULES_CUT_OFF', 'wrong RULES_OTHER'])
  await writeFile(world.at('rules/HN.yaml'), text)
  await node.reload()
  expect(await rules()).toEqual(['well RULES_READ', 'well RULES_IN_FORCE'])
})

it('the operator sees legs by outcome, why the last ones failed, the log, the tables and the rules', async () => {
  const { legs, rules, auditLog, database: tables } = await status()
  const cases = legs.outcomes.filter(({ domain }) => domain === 'cases')
  expect(cases.find(({ code }) => code === 'NONE')?.count).toBeGreaterThan(3)
  expect(cases.find(({ code }) => code === 'TOKEN_INVALID')?.count).toBe(2)
  expect(legs.lastFailures.map(({ code }) => code)).toEqual(['TOKEN_INVALID', 'TOKEN_INVALID'])
  expect(rules.access).toMatch(/^[0-9a-f]{64}$/)
  expect(auditLog.entries).toBeGreaterThan(3)
  expect([auditLog.isWritable, auditLog.diskFree > 0]).toEqual([true, true])
  expect(tables.problems).toEqual({})
  const metrics = await (await fetch(`${node.operatorUrl}/metrics`)).text()
  const answered = cases.find(({ code }) => code === 'NONE')?.count
  expect(metrics).toContain(`istmo_node_legs_total{domain="cases",code="NONE"} ${answered}\n`)
  expect(metrics).toContain(`istmo_node_leg_duration_seconds_count{domain="cases"} ${Number(answered) + 2}\n`)
  expect(metrics).toMatch(/^istmo_audit_log_entries \d+$/m)
  expect(metrics).toMatch(/^istmo_node_info\{version="[\d.]+",country="HN"\} 1$/m)
})
