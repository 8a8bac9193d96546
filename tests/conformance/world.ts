/** Nodes that are checked: one over tables with made-up records, and one in front of a service over the same tables. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { DOMAINS } from '../../contract/domain.ts'
import type { Check } from '../../joining/conformance/check.ts'
import { CHECKS, runChecks } from '../../joining/conformance/conformance-command.ts'
import { type Identity, TEST_GATEWAY } from '../../joining/conformance/identity.ts'
import type { Ask } from '../../joining/conformance/leg.ts'
import { openSidecar, prepareChecks } from '../../joining/conformance/prepare.ts'
import { type CheckedResult, nameResult } from '../../joining/conformance/report.ts'
import { createLegSender } from '../../joining/conformance/send-leg.ts'
import { loadDomains, startCountry } from '../../subgraphs/domains.ts'
import { openTestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { fillRecords, HIDDEN, SECOND_TASK_FORCE, TASK_FORCE } from './records.ts'
import { startRowsService, type TestService } from './service.ts'

/** A node that a test gateway may ask. */
export interface CheckedNode {
  readonly url: string
  readonly identity: Identity
  readonly ask: Ask
  readonly vkey: string | null
  /** The folder of its test identity and of its keys. */
  readonly keys: string
  /** Asks the service behind it; null if there is none. */
  readonly askService: Ask | null
  readonly close: () => Promise<void>
}

/** The nodes of a test file. */
export interface ConformanceWorld {
  readonly service: TestService
  /** Starts a node in front of the service. */
  readonly startSidecar: () => Promise<CheckedNode>
  readonly db: Database
  /** Starts one more node over the tables, whose country file has these members too, or is this file. */
  readonly startNode: (settings: object | string) => Promise<CheckedNode>
  readonly close: () => Promise<void>
}

/** Opens the world: the tables of Honduras, a node over them, and a service. */
export async function openConformanceWorld(
  fill: (db: Database) => Promise<unknown> = fillRecords,
): Promise<ConformanceWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-conformance-test-'))
  const modules = await loadDomains(DOMAINS)
  const { db, close: closeDatabase } = await openTestDatabase(modules, 'HN')
  await fill(db)
  const service = await startRowsService(modules, db, 'HN')
  const closing: (() => Promise<void>)[] = [closeDatabase, () => service.close()]
  const open = async (running: {
    url: string
    identity: Identity
    keys: string
    close: () => Promise<void>
  }): Promise<CheckedNode> => {
    const { url, identity, keys, close } = running
    const sender = createLegSender(identity, url)
    const closeAll = async (): Promise<void> => {
      sender.close()
      await close()
    }
    closing.push(closeAll)
    return { url, identity, keys, ask: sender.ask, vkey: await sender.readVkey(), askService: null, close: closeAll }
  }
  const startNode = async (settings: object | string): Promise<CheckedNode> => {
    const own = await mkdtemp(join(folder, 'node-'))
    const rules = typeof settings === 'string' ? settings : join(own, 'HN.yaml')
    if (typeof settings === 'object') await writeFile(rules, stringify({ ...COUNTRY_FILE, ...settings }))
    const prepared = await prepareChecks(
      join(own, 'keys'),
      { country: 'HN', domains: DOMAINS, rules, secondTaskForce: SECOND_TASK_FORCE },
      Date.now(),
    )
    const flags = [
      ...['--country', 'HN', '--domains', DOMAINS.join(), '--port', '0', '--gateway-issuer', TEST_GATEWAY],
      ...['--gateway-jwks', prepared.gatewayJwks, '--rules', prepared.rules, '--audit-log-dir', join(own, 'log')],
      ...['--audit-log-key', prepared.auditLogKey, '--audit-log-ref-keys', prepared.auditLogRefKeys],
    ]
    const running = await startCountry(parseNodeConfig(flags, {}), { db, log: pino({ level: 'silent' }) })
    return open({ url: running.url, identity: prepared.identity, keys: join(own, 'keys'), close: running.close })
  }
  return {
    ...{ service, db, startNode },
    async startSidecar() {
      const upstreams = DOMAINS.map((domain) => ({ domain, url: `${service.url}/${domain}` }))
      const sidecar = await openSidecar({ country: 'HN', upstreams, secondTaskForce: SECOND_TASK_FORCE })
      return { ...(await open({ ...sidecar, keys: sidecar.folder })), askService: sidecar.askService }
    },
    async close() {
      for (const close of closing.reverse()) await close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Honduras's own file: the checks take its task force from it. */
const COUNTRY_FILE = {
  country: 'HN',
  name: { es: 'Honduras', en: 'Honduras' },
  domains: Object.fromEntries(DOMAINS.map((domain) => [domain, { url: `http://127.0.0.1:1/${domain}` }])),
  taskForces: [
    {
      ...{ id: TASK_FORCE, notAfter: '2099-12-31' },
      members: [{ issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
    },
  ],
}

/** In a full run (`npm run test:full`), more records are tried, and each mutant is shown to all checks. */
export const IS_FULL = process.env.ISTMO_CONFORMANCE_RUNS !== undefined

/** How many legs the check of many callers sends: enough that they overlap. */
const CONCURRENCY = 12

/** Runs checks over what `ask` reaches. The time of an answer does not count: a busy machine is late. */
export async function checkAll(
  { identity, vkey, askService }: Pick<CheckedNode, 'identity' | 'vkey' | 'askService'>,
  ask: Ask,
  checks: readonly Check[] = CHECKS,
  hidden = HIDDEN,
): Promise<readonly CheckedResult[]> {
  const limits = {
    rows: 300,
    tries: IS_FULL ? 4 : 2,
    concurrency: CONCURRENCY,
    deadlineMs: 600_000,
    hidden,
    askService,
  }
  return (await runChecks({ identity, vkey, domains: DOMAINS, ask, checks, ...limits })).results
}

/** The ids of the checks that ended in one way. */
export function idsOf(results: readonly CheckedResult[], name: ReturnType<typeof nameResult>): readonly string[] {
  return results.filter((each) => nameResult(each) === name).map(({ check }) => check.id)
}
