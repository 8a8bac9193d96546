/** What is dangerous in a gateway's configuration and files: the facts that service/dangers.ts judges. */
import { type DocumentNode, Kind, parse } from 'graphql'
import type { Logger } from 'pino'
import { describeUnsafeQuorum, parsePolicy } from '../../audit/note/policy.ts'
import { directiveArguments } from '../../contract/access/linked-names.ts'
import { isOpen } from '../../contract/access/rule.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { readLogName } from '../../service/audit-log/key-files.ts'
import { readIssuers } from '../../service/authenticate/issuers-file.ts'
import { ConfigError } from '../../service/config-error.ts'
import {
  type Danger,
  listDangers,
  OPEN_KEY_REFUSAL,
  readSecretFiles,
  type StartFacts,
  settleDangers,
} from '../../service/dangers.ts'
import { describeError } from '../../service/describe-error.ts'
import { readSetting } from '../../service/read-setting.ts'
import type { Participant } from '../types/participant.ts'
import type { GatewayConfig } from './config.ts'
import { NOWHERE } from './countries.ts'
import { type GraphFiles, readGraphFiles } from './load-graph.ts'
import { namesOf } from './setting-groups.ts'

/** What `--development` switches off in a gateway that runs. */
const SWITCHED_OFF = [
  'the refusal of a changed country file whose legs go over plain HTTP, or to a server that only the operating system’s authorities vouch for',
  'the limits of the addresses to which a probe of a country goes',
  OPEN_KEY_REFUSAL,
]

/**
 * Reads what the settings name, and stops a start that is dangerous. With `--development` it only warns.
 * @throws {ConfigError} if a file cannot be used, or with all dangers of the configuration.
 */
export async function rejectDangerousStart(config: GatewayConfig, log: Pick<Logger, 'warn'>): Promise<void> {
  const dangers = await listGatewayDangers(config)
  settleDangers({ dangers, isDevelopment: config.development, switchesOff: SWITCHED_OFF, variable: 'DEVELOPMENT' }, log)
}

/** Lists what is dangerous in a gateway's configuration. @throws {ConfigError} if a file cannot be used. */
export async function listGatewayDangers(config: GatewayConfig): Promise<readonly Danger[]> {
  const graph = await readGraphFiles(config)
  const document = parseSupergraph(graph.supergraphSdl, config.supergraphFile)
  const { auditLogFiles } = config
  return listDangers({
    servers: listServers(config),
    issuers: await readIssuers(config),
    hasCountries: config.countriesFolder !== null,
    auditLogName: auditLogFiles === null ? null : await readLogName(auditLogFiles.key),
    unsafeQuorum: await findUnsafeQuorum(auditLogFiles?.policy ?? null),
    addresses: listAddresses(graph, document, config),
    isGuardedGraphOpen: config.anonymous && hasRules(document),
    hasPassingLegKey: config.countriesFolder !== null && config.legKeyFile === null,
    hasUnsharedWorkers: config.workers > 1 && config.sharedDatabase === null,
    servesGraphiql: config.graphiql,
    secrets: await readSecretFiles({
      [namesOf(['legKey'])]: config.legKeyFile,
      [namesOf(['tlsKey'])]: config.tls?.key,
      [namesOf(['clientKey'])]: config.clientTls?.key,
      [namesOf(['auditLogKey'])]: auditLogFiles?.key,
      [namesOf(['auditLogRefKeys'])]: auditLogFiles?.refKeys,
    }),
  })
}

/** Parses the supergraph. @throws {ConfigError} if it is not GraphQL. */
function parseSupergraph(sdl: string, file: string): DocumentNode {
  try {
    return parse(sdl, { noLocation: true })
  } catch (cause) {
    const remedy = `Correct ${namesOf(['supergraph'])}.`
    throw new ConfigError(`${file}: expected a composed supergraph: ${describeError(cause)} ${remedy}`, { cause })
  }
}

async function findUnsafeQuorum(file: string | null): Promise<string | undefined> {
  if (file === null) return undefined
  return describeUnsafeQuorum(await readSetting(file, '--trust-policy (TRUST_POLICY_FILE)', parsePolicy))
}

/** Lists the addresses to which legs go. */
function listNodeAddresses(
  participants: readonly Participant[],
  { clientTls }: Pick<GatewayConfig, 'clientTls'>,
): StartFacts['addresses'] {
  return participants.flatMap(({ country, domains }) =>
    Object.entries(domains).map(([domain, { url, tls }]) => ({
      use: `each leg to ${country}, ${domain},`,
      url,
      // A country whose file cannot be read has no address, and is asked for nothing.
      ...(url !== NOWHERE && { partner: { isKnown: tls !== undefined, seesCertificate: clientTls !== null } }),
    })),
  )
}

function listServers({ host, tls, operatorListen }: GatewayConfig): StartFacts['servers'] {
  const toOperator = 'Listen on 127.0.0.1, and reach it from other machines by a tunnel, such as SSH.'
  const operator =
    operatorListen === null
      ? []
      : [{ setting: '--operator-listen', ...operatorListen, hasTls: false, remedy: toOperator }]
  const remedy =
    'Give --tls-cert and --tls-key (`istmo ca issue --use server` makes them), or listen on 127.0.0.1 behind a proxy on the same machine that speaks TLS with callers.'
  return [{ setting: '--host', host, hasTls: tls !== null, remedy }, ...operator]
}

function listAddresses(
  { participants }: GraphFiles,
  document: DocumentNode,
  { otlpEndpoint, clientTls }: GatewayConfig,
): StartFacts['addresses'] {
  const published = new Set(participants.flatMap(({ domains }) => Object.keys(domains)))
  const plain = listSubgraphs(document).filter(({ name }) => !published.has(name))
  return [
    ...listNodeAddresses(participants, { clientTls }),
    ...plain.map(({ name, url }) => ({ use: `each request to the subgraph ${name}`, url })),
    ...(otlpEndpoint === null ? [] : [{ use: 'what the OpenTelemetry collector gets', url: otlpEndpoint }]),
  ]
}

/** Lists the subgraphs of a supergraph with their addresses (specs.apollo.dev/join). */
function listSubgraphs(document: DocumentNode): readonly { readonly name: string; readonly url: string }[] {
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== 'join__Graph') return []
    return (node.values ?? [])
      .flatMap(({ directives = [] }) => directives.map(directiveArguments))
      .flatMap(readSubgraph)
  })
}

function readSubgraph({ name, url }: Record<string, unknown>): { readonly name: string; readonly url: string }[] {
  return typeof name === 'string' && typeof url === 'string' ? [{ name, url }] : []
}

/** Returns whether a field of the supergraph has an access rule. */
function hasRules(document: DocumentNode): boolean {
  const rules = readRuleTable(document)
  return document.definitions.some((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return false
    return (node.fields ?? []).some((field) => !isOpen(rules.ofField(node.name.value, field.name.value)))
  })
}
