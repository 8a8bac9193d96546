/**
 * The nodes of countries, which answer from prepared texts, in one process: what a gateway checks of them is made by the kit. Their audit logs are in
 * memory, since the disk of this machine is the gateway's. Argument: a JSON text of the graph's size and of the countries. Prints one line of
 * JSON with the ports when it listens. Its control server says how many requests were answered, and makes one country late.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { DOMAINS } from '../../../contract/domain.ts'
import { openNodeAuditLog } from '../../../subgraphs/kit/audit-log/node-audit-log.ts'
import { readNodeKey } from '../../../subgraphs/kit/question/pages.ts'
import { closedRules } from '../../../subgraphs/kit/rules.ts'
import { worldOf } from '../world.ts'
import { makeResponse, type StubRequest, startStubServer } from './http-server.ts'
import { createLegAnswers } from './leg-answers.ts'

/** What the process is started with. */
export interface CountriesStart {
  /** See `worldOf`. */
  readonly size: number
  readonly countries: readonly CountryStart[]
}

/** A country, and its log with its keys; null for a country that makes no receipts. */
export interface CountryStart {
  readonly country: string
  readonly log: {
    readonly folder: string
    readonly logKey: string
    readonly refKeys: string
    readonly nodeKey: string
  } | null
}

/** What makes answers late: a body that is sent to the control server. */
export interface SlowStart {
  readonly country: string
  readonly domain: string
  readonly delayMs: number
}

function createSlow({ country, domain, delayMs }: SlowStart) {
  const delays: number[] = []
  return {
    of: `${country} ${domain}`,
    /** How long each answer waited, in milliseconds. */
    delays,
    async wait(): Promise<void> {
      const from = performance.now()
      await sleep(delayMs)
      delays.push(performance.now() - from)
    },
  }
}

let slow = createSlow({ country: '', domain: '', delayMs: 0 })

const { size, countries } = JSON.parse(process.argv[2] ?? '') as CountriesStart
const world = worldOf(size)

async function openSigner({ country, log }: CountryStart) {
  if (log === null) return null
  const auditLog = await openNodeAuditLog({
    files: { folder: log.folder, key: log.logKey, refKeys: log.refKeys },
    ...{ country, domains: DOMAINS, rules: closedRules(country), log: pino({ level: 'warn' }, pino.destination(2)) },
  })
  return { auditLog, nodeKey: await readNodeKey(log.nodeKey) }
}

const answers = new Map<string, (request: StubRequest) => Promise<Buffer>>()
const ports = new Map<string, number>()
const servers = await Promise.all(
  countries.map(async (start) => {
    const { country } = start
    const signer = await openSigner(start)
    for (const domain of DOMAINS) {
      const parts = { sdl: world.sdlOf(domain), records: world.recordsOf(country), signer }
      answers.set(`${country} ${domain}`, createLegAnswers({ country, domain, ...parts }))
    }
    const server = await startStubServer(async (request) => {
      const [, domain = ''] = /^POST \/(\w+)/.exec(request.head) ?? []
      const answer = answers.get(`${country} ${domain}`)
      if (answer === undefined) throw new Error(`expected one of ${DOMAINS.join(', ')}; came ${domain}`)
      if (slow.of === `${country} ${domain}`) await slow.wait()
      return answer(request)
    })
    ports.set(country, server.port)
    return server
  }),
)
const control = await startStubServer(({ body }) => {
  if (body.length > 0) slow = createSlow(JSON.parse(body.toString()) as SlowStart)
  const requests = servers.reduce((sum, { count }) => sum + count(), 0)
  return makeResponse(Buffer.from(JSON.stringify({ requests, delays: slow.delays })))
})
process.stdout.write(`${JSON.stringify({ control: control.port, ports: Object.fromEntries(ports) })}\n`)
