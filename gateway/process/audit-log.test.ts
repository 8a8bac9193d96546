import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { createWitness, createWitnessServer } from '../../audit/witness/witness.ts'
import { closedAccess } from '../../contract/access/country-access.ts'
import { ConfigError } from '../../service/config-error.ts'
import { takePort } from '../../tests/ports.ts'
import { contextWith } from '../audit-log/testing.ts'
import type { Engine } from '../pipeline/engine.ts'
import { holdUnwitnessedLegs, recordOperations } from '../pipeline/layers.ts'
import type { Leg, SendLeg } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
import { openRunningAuditLog, type RunningAuditLog } from './audit-log.ts'
import type { AuditLogFiles } from './config.ts'
import type { GraphFiles } from './load-graph.ts'

const log = pino({ level: 'silent' })
const LOG_KEY = generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519)
const WITNESS_KEY = generateSignerKey('witness.example/gt', SIGNATURE_TYPES.cosignature)

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** The files of an audit log whose one witness is at `port`. */
async function makeFiles(port: number): Promise<AuditLogFiles & { readonly home: string; readonly policy: string }> {
  const home = await mkdtemp(join(tmpdir(), 'istmo-recording-'))
  closing.push(() => rm(home, { recursive: true }))
  const files = {
    home,
    folder: join(home, 'record'),
    key: join(home, 'key'),
    refKeys: join(home, 'refs'),
    policy: join(home, 'policy'),
  }
  await writeFile(files.key, LOG_KEY)
  await rotateKeyFile(files.refKeys, 0)
  const [logKey, witness] = [LOG_KEY, WITNESS_KEY].map((key) => parseSignerKey(key).verifier.vkey)
  await writeFile(files.policy, `log ${logKey}\nwitness GT ${witness} http://127.0.0.1:${port}/\nquorum GT\n`)
  return files
}

const HN: Participant = {
  country: 'HN',
  name: { es: 'Honduras', en: 'Honduras' },
  domains: {
    cases: { url: 'http://127.0.0.1:1/', deadlineMs: 1, maxAnswerBytes: 1, sdl: 'type Query { a: ID } # of its own' },
  },
  access: closedAccess('HN'),
  refuseUnwitnessedAfterMs: 1_000,
}
const FILES: GraphFiles = { supergraphSdl: 'type Query { a: ID }', participants: [HN], hash: 'a'.repeat(64) }
const LEG = { country: 'HN', domain: 'cases' } as Leg
const ANSWERS: SendLeg = async () => ({ kind: 'answered', data: null, errors: [] })
const ENGINE = {
  execute: async () => ({ data: null, errors: [{ message: '', extensions: { code: 'DENIED' } }] }),
} as unknown as Engine

async function executeWith(auditLog: RunningAuditLog) {
  const context = contextWith(auditLog.requests.begin(), null)
  const document = parse('{ a }')
  const isUnwitnessed = () => auditLog.unwitnessedMs() > 0
  const engine = recordOperations({
    graph: () => auditLog.inForce(FILES),
    isUnwitnessed,
    isTrusted: () => false,
  })(ENGINE)
  const answer = await engine.execute({ document, operationName: undefined, variables: {}, source: '{ a }' }, context)
  return { answer, trail: context.trail }
}

describe('the audit log of a gateway', () => {
  it('says that it has no witnesses, holds back legs to a country that requires them, and continues once they are there', async () => {
    const port = await takePort()
    const files = await makeFiles(port)
    const auditLog = await openRunningAuditLog(files, '0.1.0', log)
    closing.push(auditLog.close)
    const send = holdUnwitnessedLegs(auditLog.unwitnessedMs, () => HN)(ANSWERS)
    const patient = { ...HN, refuseUnwitnessedAfterMs: Number.MAX_VALUE }
    const sendPatient = holdUnwitnessedLegs(auditLog.unwitnessedMs, () => patient)(ANSWERS)
    const context = contextWith(auditLog.requests.begin(), null)
    const { answer, trail } = await executeWith(auditLog)
    expect(answer.extensions).toEqual({ record: 'UNWITNESSED' })
    expect(trail).toMatchObject({ codes: ['DENIED'], operation: { graph: FILES.hash } })
    expect(await send(LEG, context)).toEqual({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'UNWITNESSED' } })
    expect(await sendPatient(LEG, context)).toMatchObject({ kind: 'answered' })
    expect(auditLog.status()).toMatchObject({ isWitnessed: false, witnesses: [{ name: 'GT', kind: 'UNREACHABLE' }] })
    expect(auditLog.reading().unwitnessedSeconds).toBeGreaterThan(1)

    const witness = await createWitness({
      folder: join(files.home, 'witness'),
      signer: parseSignerKey(WITNESS_KEY),
      logs: [parseSignerKey(LOG_KEY).verifier],
    })
    const server = createWitnessServer(witness).listen(port, '127.0.0.1')
    closing.push(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await witness.close()
    })
    await vi.waitFor(() => expect(auditLog.status()).toMatchObject({ isWitnessed: true }), { timeout: 20_000 })
    expect((await executeWith(auditLog)).answer.extensions).toBeUndefined()
    expect(await send(LEG, context)).toMatchObject({ kind: 'answered' })
  })

  it('does not begin under an emptied or half-written trust policy, or that of another log, and names what came', async () => {
    const files = await makeFiles(await takePort())
    const whole = await readFile(files.policy, 'utf8')
    const other = parseSignerKey(generateSignerKey('istmo.example/other', SIGNATURE_TYPES.ed25519)).verifier.vkey
    for (const [text, expected] of [
      [
        '',
        /policy: expected a usable file: a trust policy must have a line that says its quorum\. Correct --trust-policy/,
      ],
      [whole.slice(0, whole.indexOf('quorum')), /a trust policy must have a line that says its quorum/],
      [whole.slice(0, 40), /line 1 of the trust policy/],
      [whole.slice(0, -2), /no earlier line defines the name G/],
      [
        whole.replace(/^log .*$/m, `log ${other}`),
        /names this audit log, istmo\.example\/gateway; came one that names istmo\.example\/other\. Correct --trust/,
      ],
      [whole.replace(/^log .*$/m, ''), /came one that names no log/],
    ] as const) {
      await writeFile(files.policy, text)
      const error = await openRunningAuditLog(files, '0.1.0', log).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ConfigError)
      expect((error as ConfigError).message).toMatch(expected)
    }
    await writeFile(files.policy, whole)
    const auditLog = await openRunningAuditLog(files, '0.1.0', log)
    closing.push(auditLog.close)
    // What somebody puts there while the gateway runs counts from its next start on.
    await writeFile(files.policy, 'quorum none\n')
    await vi.waitFor(() => expect(auditLog.status()).toMatchObject({ isWitnessed: false }))
    expect(auditLog.status()).toMatchObject({ witnesses: [{ name: 'GT' }] })
  })

  it('does not begin with an older copy of its log than its witness has cosigned, and names both sizes and the remedy', async () => {
    const port = await takePort()
    const files = await makeFiles(port)
    const witness = await createWitness({
      ...{ folder: join(files.home, 'witness'), signer: parseSignerKey(WITNESS_KEY) },
      logs: [parseSignerKey(LOG_KEY).verifier],
    })
    const server = createWitnessServer(witness).listen(port, '127.0.0.1')
    closing.push(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await witness.close()
    })
    const first = await openRunningAuditLog(files, '0.1.0', log)
    await first.close()
    const older = join(files.home, 'older')
    await cp(files.folder, older, { recursive: true, filter: (path) => !path.endsWith('/lock') })
    const second = await openRunningAuditLog(files, '0.1.0', log)
    await vi.waitFor(() => expect(second.status()).toMatchObject({ isWitnessed: true, witnessedSize: 3 }), 20_000)
    await second.close()
    const opening = openRunningAuditLog({ ...files, folder: older }, '0.1.0', log)
    await expect(opening).rejects.toThrow(ConfigError)
    await expect(opening).rejects.toThrow(
      /with its 2 entries was set back .* GT: it cosigned 3 entries .* Restore the newest copy/,
    )
    const third = await openRunningAuditLog(files, '0.1.0', log)
    expect(third.status()).toMatchObject({ size: 5 })
    await third.close()
  })

  it('stores the texts that decide beside the log, by hash: the graph, and each country’s rules, policies and SDL', async () => {
    const files = await makeFiles(await takePort())
    const auditLog = await openRunningAuditLog({ ...files, policy: null }, '0.1.0', log)
    closing.push(auditLog.close)
    await auditLog.noteGraph(FILES)
    await auditLog.noteGraph(FILES)
    expect(await readdir(join(files.folder, 'kept'))).toEqual(expect.arrayContaining([HN.access.policies.version]))
    expect((await readdir(join(files.folder, 'kept'))).filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(4)
    // The start, the graph twice, and once what is published: the supergraph, one SDL and the policies.
    expect(auditLog.status()).toEqual({ origin: 'istmo.example/gateway', size: 6, isWritable: true })
  })

  it('says once what countries publish and when one is suspended or resumed, also over a restart', async () => {
    const files = { ...(await makeFiles(await takePort())), policy: null }
    const suspended: Participant = { ...HN, unavailable: { code: 'SUSPENDED', reason: 'x', since: null } }
    const wrong: Participant = {
      ...{ ...HN, domains: {} },
      unavailable: { code: 'CONFIGURATION_INVALID', reason: 'x', since: null },
    }
    const sizes: number[] = []
    for (const participants of [[HN], [HN], [suspended], [suspended], [wrong], [HN]]) {
      const auditLog = await openRunningAuditLog(files, '0.1.0', log)
      const before = auditLog.reading().entries
      await auditLog.noteGraph({ ...FILES, participants })
      sizes.push(auditLog.reading().entries - before)
      await auditLog.close()
    }
    expect(sizes).toEqual([4, 1, 2, 1, 2, 2])
  })

  it.each(['key', 'refKeys', 'policy'] as const)(
    'does not begin where its file %s cannot be used, and names it',
    async (name) => {
      const files = await makeFiles(await takePort())
      await writeFile(files[name] ?? '', 'Secreta')
      const opening = openRunningAuditLog(files, '0.1.0', log)
      await expect(opening).rejects.toThrow(ConfigError)
      await expect(opening).rejects.toThrow(files[name] ?? '')
      await expect(opening).rejects.not.toThrow(/Secreta/)
    },
  )
})
