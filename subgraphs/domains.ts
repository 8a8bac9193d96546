import type { Domain } from '../contract/domain.ts'
import type { NodeConfig } from './kit/config.ts'
import { type NodeParts, type RunningNode, startNode } from './kit/server.ts'
import type { DomainModule } from './kit/types.ts'

/** The registry of the domains: the only place that knows every domain. A process loads only those that it serves. */
const MODULES: Readonly<Record<Domain, () => Promise<DomainModule>>> = {
  cases: async () => (await import('./cases/module.ts')).casesModule,
  persons: async () => (await import('./persons/module.ts')).personsModule,
  legal: async () => (await import('./legal/module.ts')).legalModule,
}

/** Loads the modules of these domains, in the order given, each once. */
export function loadDomains(names: readonly Domain[]): Promise<readonly DomainModule[]> {
  return Promise.all([...new Set(names)].map((name) => MODULES[name]()))
}

/**
 * Starts a node with the domains that its settings name.
 * @throws {Error} for the same causes as {@link startNode}.
 */
export async function startCountry(config: NodeConfig, parts: Omit<NodeParts, 'modules'> = {}): Promise<RunningNode> {
  return startNode(config, { ...parts, modules: await loadDomains(config.domains) })
}
