/** What a country runs: its node over TLS, with a log of its own, in front of a small service. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK } from 'jose'
import { pino } from 'pino'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import type { TestKey } from '../../contract/trust/country-token/testing.ts'
import { deliverSuspension, isWaiting } from '../../service/suspensions/suspensions.ts'
import { makeSuspender, type TestSuspender } from '../../service/suspensions/testing.ts'
import { type RunningNode, startNode } from '../../subgraphs/kit/server.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { nationalModules } from '../questions-at-node/national-modules.ts'

/** The countries of the story. */
export type Country = 'HN' | 'GT'

/** What a node of the story is started with. */
export interface LandParts {
  readonly country: Country
  /** `signed`, or `any` for each domain. */
  readonly questions: 'signed' | 'any'
  /** A folder with `node.cert.pem`, `node.key.pem`, `clients.pem` and `leg.jwks.json`. */
  readonly shared: string
  /** Where the country's own service listens. */
  readonly upstream: string
  readonly nodeKey: TestKey
  /** `callers`, `taskForces` and `partners` of the country's file. */
  readonly file: Readonly<Record<string, unknown>>
}

/** A country that runs. */
export interface Land {
  readonly country: Country
  readonly node: RunningNode
  /** The verifier key of its log. */
  readonly vkey: string
  readonly folder: string
  /** Lines of its node's log. */
  readonly logged: readonly Readonly<Record<string, unknown>>[]
  /** Signs suspensions as the country itself. */
  readonly suspender: TestSuspender
  /** Hands a statement in at the node. Returns whether the node still has to look at it. */
  suspend(text: string): Promise<() => Promise<boolean>>
  /** Closes the node and reads its log, each entry checked against the tree. */
  closeAndRead(): Promise<readonly Entry[]>
}

/** How many legs and rows one question may have: few, so that whoever tries more is soon refused. */
export const CAPS = { legs: 40, rows: 400 }

/** Starts a country. */
export async function startLand(parts: LandParts): Promise<Land> {
  const { country, questions, shared, nodeKey } = parts
  const folder = join(shared, `${country}-${questions}`)
  const at = (name: string): string => join(folder, name)
  await mkdir(folder)
  const suspender = makeSuspender(country, true)
  const secret = { mode: 0o600 }
  const logKey = generateSignerKey(`${country.toLowerCase()}.${questions}.example`, SIGNATURE_TYPES.ed25519)
  await writeFile(at('log.key'), logKey, secret)
  await rotateKeyFile(at('refs.json'), Date.now())
  await writeFile(at('node.json'), JSON.stringify(await exportJWK(nodeKey.privateKey)), secret)
  const file = {
    ...{ country, name: { es: country, en: country }, caps: CAPS },
    domains: { cases: { url: 'http://127.0.0.1:1/' }, persons: { url: 'http://127.0.0.1:1/' } },
    suspenders: [{ name: country, key: suspender.signer.key }],
    ...(questions === 'any' && { questions: { cases: 'any', persons: 'any' } }),
    ...parts.file,
  }
  await writeFile(at(`${country}.yaml`), JSON.stringify(file))
  const logged: Readonly<Record<string, unknown>>[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const node = await startNode(parseNodeConfig(flagsOf(at, parts), {}), { modules: nationalModules(country), log })
  const { vkey } = parseSignerKey(logKey).verifier
  return {
    ...{ country, node, vkey, folder, logged, suspender },
    async suspend(text) {
      const name = await deliverSuspension(at('stop'), text)
      return () => isWaiting(at('stop'), name)
    },
    async closeAndRead() {
      await node.close()
      const source = folderSource(at('audit-log/log'))
      const { size, findings } = await verifyLog(source, parsePolicy(`log ${vkey}\nquorum none\n`))
      if (findings.length > 0) throw new Error(`the log of ${country} does not hold: ${JSON.stringify(findings)}`)
      const entries: Entry[] = []
      for await (const { bytes } of readEntries(source, size ?? 0)) entries.push(parseEntry(bytes))
      return entries
    },
  }
}

function flagsOf(at: (name: string) => string, { country, shared, upstream }: LandParts): readonly string[] {
  const upstreams = ['cases', 'persons'].flatMap((domain) => ['--upstream', `${domain}=${upstream}/${domain}`])
  const tls = ['--tls-key', join(shared, 'node.key.pem'), '--tls-cert', join(shared, 'node.cert.pem')]
  return [
    ...['--country', country, '--domains', 'cases,persons', '--port', '0', '--rules', at(`${country}.yaml`)],
    ...['--gateway-jwks', join(shared, 'leg.jwks.json'), '--node-key', at('node.json'), ...upstreams, ...tls],
    ...[
      '--tls-client-ca',
      join(shared, 'clients.pem'),
      '--suspensions',
      at('stop'),
      '--operator-listen',
      '127.0.0.1:0',
    ],
    ...['--audit-log-dir', at('audit-log'), '--audit-log-key', at('log.key'), '--audit-log-ref-keys', at('refs.json')],
  ]
}
