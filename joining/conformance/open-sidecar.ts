import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readNodeConfig } from '../../subgraphs/kit/config.ts'
import { createNodeLog } from '../../subgraphs/kit/logger.ts'
import { startNode } from '../../subgraphs/kit/server.ts'
import type { DomainModule } from '../../subgraphs/kit/types.ts'
import { type Identity, TEST_GATEWAY } from './identity.ts'
import type { Ask } from './leg.ts'
import { type Preparation, prepareChecks } from './prepare.ts'
import { askServices, type UpstreamOf } from './send-leg.ts'

/** A node that stands in front of a country's service for as long as the checks take. */
export interface Sidecar {
  readonly url: string
  readonly identity: Identity
  readonly domains: readonly Domain[]
  /** Asks the services behind it; null if there are none, or they are unknown. */
  readonly askService: Ask | null
  /** The folder of its keys, its rules and its audit log, which goes when it is closed. */
  readonly folder: string
  readonly close: () => Promise<void>
}

/**
 * Starts our node in front of services, on this machine and on a free port: with a test gateway, the country's rules, and an audit log in a temporary
 * folder, as in production.
 * @throws {Error} if the node cannot start. The message says why.
 */
export async function openSidecar({
  upstreams,
  ...preparation
}: Omit<Preparation, 'domains'> & { readonly upstreams: readonly UpstreamOf[] }): Promise<Sidecar> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-conformance-'))
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const domains = upstreams.map(({ domain }) => domain)
    const { identity, ...files } = await prepareChecks(folder, { ...preparation, domains }, Date.now())
    const config = readConfig({
      ...files,
      country: preparation.country,
      domains: domains.join(','),
      port: '0',
      logLevel: 'silent',
      gatewayIssuer: TEST_GATEWAY,
      auditLogDir: join(folder, 'audit-log'),
      upstream: upstreams.map(({ domain, url }) => `${domain}=${url}`),
    })
    const node = await startNode(config, { modules: domains.map(contractOf), log: createNodeLog(config) })
    const close = (): Promise<void> => node.close().then(removeFolder)
    return { url: node.url, identity, domains, askService: askServices(upstreams), folder, close }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

/** @throws {UsageError} if a setting is wrong: the services' addresses are the only ones that come from outside. */
function readConfig(settings: Parameters<typeof readNodeConfig>[0]) {
  try {
    return readNodeConfig(settings, {})
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}

/** A domain as a node in front of a service needs it: its schema, and no resolvers. */
export function contractOf(domain: Domain): DomainModule {
  return { domain, typeDefs: parse(domainSdl(domain)), resolvers: {}, migrations: new URL('.', import.meta.url) }
}
