import type { DocumentNode } from 'graphql'
import type { Domain } from '../../contract/domain.ts'
import { type Said, sayBoth } from '../../contract/said.ts'
import type { CountryFile } from '../../service/country-file.ts'
import type { CountryRules } from '../../subgraphs/kit/rules.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'
import { NotChecked } from './finding.ts'
import { checkWords } from './words.ts'

/** What a check works with. What is null was not given, or could not be used. */
export interface CheckContext {
  readonly country: string
  readonly modules: readonly DomainModule[]
  readonly options: CheckOptions
  /** The country's file. */
  readonly rules: { readonly file: CountryFile; readonly read: CountryRules } | null
  readonly supergraph: DocumentNode | null
  readonly db: Database | null
  /** Why there is no database that a part could read; an option, or what must be done first. */
  readonly lacksDatabase: Said | string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What a check works with that reads the country's database. */
export type DatabaseContext = CheckContext & { readonly db: Database }

/** What the command line gives. */
export interface CheckOptions {
  readonly rules?: string | undefined
  readonly before?: string | undefined
  readonly supergraph?: string | undefined
  readonly operations?: string | undefined
  readonly gateway?: string | undefined
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  readonly tlsClientCa?: string | undefined
  /** How many ids of rows a finding names. */
  readonly examples: number
  /** How many persons are searched for. */
  readonly sample: number
  /** Within how many milliseconds a leg must be answered, if the country file does not say it. */
  readonly deadlineMs: number
}

/** The SDL that the country publishes of a domain: its own, else the contract's. */
export function publishedSdl({ rules }: CheckContext, { domain, typeDefs }: DomainModule): DocumentNode {
  return rules?.read.sdl.get(domain) ?? typeDefs
}

/** Says why a part that needs the country’s file was not checked. */
export function lacksRules({ options }: CheckContext): NotChecked {
  if (options.rules === undefined) return new NotChecked('--rules FILE')
  return new NotChecked(
    sayBoth((language) => checkWords(language)('details.usableRules')),
    true,
  )
}

/** Whether the country has a policy for a name. */
export function decidesPolicy({ rules }: CheckContext): (policy: string) => boolean {
  return (policy) => rules?.read.access.policies.decides(policy) ?? false
}

/** Within how many milliseconds a leg of a domain must be answered. */
export function deadlineOf({ rules, options }: CheckContext, domain: Domain): number {
  return rules?.file.domains.get(domain)?.deadlineMs ?? options.deadlineMs
}
