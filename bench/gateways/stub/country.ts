/**
 * The node of a country that answers from prepared texts, in a process of its own: what a gateway checks of it is made by the kit. Its audit log is in
 * memory, since the disk of this machine is the gateway's. Argument: a JSON text of the country, of the files of its keys and of the folder of its log.
 * Prints one line of JSON with the ports when it listens.
 */
import { pino } from 'pino'
import { DOMAINS } from '../../../contract/domain.ts'
import { openNodeAuditLog } from '../../../subgraphs/kit/audit-log/node-audit-log.ts'
import { readNodeKey } from '../../../subgraphs/kit/question/node-key.ts'
import { closedRules } from '../../../subgraphs/kit/rules.ts'
import { ruledSdl } from '../graph/graph.ts'
import { makeResponse, startStubServer } from './http-server.ts'
import { createLegAnswers } from './leg-answers.ts'

/** What the process is started with. */
export interface CountryStart {
  readonly country: string
  readonly folder: string
  readonly logKey: string
  readonly refKeys: string
  readonly nodeKey: string
}

const { country, folder, logKey, refKeys, nodeKey: keyFile } = JSON.parse(process.argv[2] ?? '') as CountryStart
const auditLog = await openNodeAuditLog({
  files: { folder, key: logKey, refKeys },
  ...{ country, domains: DOMAINS, rules: closedRules(country), log: pino({ level: 'warn' }, pino.destination(2)) },
})
const nodeKey = await readNodeKey(keyFile)
const answers = new Map(
  DOMAINS.map((domain) => [
    domain as string,
    createLegAnswers({ ...{ country, domain, auditLog, nodeKey }, sdl: ruledSdl(domain) }),
  ]),
)
const server = await startStubServer((request) => {
  const [, domain = ''] = /^POST \/(\w+)/.exec(request.head) ?? []
  const answer = answers.get(domain)
  if (answer === undefined) throw new Error(`expected one of ${DOMAINS.join(', ')}; came ${domain}`)
  return answer(request)
})
const control = await startStubServer(() => makeResponse(Buffer.from(JSON.stringify({ requests: server.count() }))))
process.stdout.write(`${JSON.stringify({ control: control.port, legs: server.port })}\n`)
