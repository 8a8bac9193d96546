/** What a request with a signed question carries through the rooms, and what its caller can check. Types only. */
import type { VerifiedQuestion } from '../../contract/trust/question-statement.ts'

/** A signed question, and how to find in a leg what the statement is about. */
export interface SignedQuestion {
  readonly statement: VerifiedQuestion
  /** The exact text of the document. */
  readonly document: string
  /** Absent until the operation is prepared. */
  readonly trace?: VariableTrace
  /** What nodes have signed of the ids in their answers. Absent until the operation is prepared. */
  readonly given?: KeptGivenIds
}

/** What nodes have signed of the ids in their answers to one request (contract/trust/given-ids.ts). The gateway only passes it on. */
export interface KeptGivenIds {
  /** Keeps what came with an answer. @param origin the node that answered. */
  keep(text: string, origin: string): void
  /**
   * Returns what other nodes signed of these ids, each text with only the disclosures of these.
   * @param ids each once. They are looked at only if another node gave any.
   * @param origin the node that is asked.
   */
  show(ids: Iterable<string>, origin: string): readonly string[]
}

/** Where the variables of a request's operation are in its legs. */
export interface VariableTrace {
  /** By a variable's name in the legs: its name in the client's document. */
  readonly names: ReadonlyMap<string, string>
  /** The client's variables that decide an `@include` or `@skip`, so that each leg depends on them. */
  readonly conditions: ReadonlySet<string>
  /** The client's variables that say where a page begins, which a country compares with where the leg's page begins. */
  readonly pages: ReadonlySet<string>
  /** By each text in a variable's value that may be a record id: the client's variables that have it. */
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>
}

/** What the caller can check of one leg: both bodies with the salt of their hashes, and the country's receipt. */
export interface LegEvidence {
  readonly country: string
  readonly domain: string
  /** Base64url. */
  readonly salt: string
  readonly request: string
  readonly answer: string
  /** The value of the header `Istmo-Receipt`; null if the country sent none. */
  readonly receipt: string | null
}

/** Collects evidence, within bounds. */
export interface Evidence {
  /** Adds a leg that was answered. Without evidence, it is only counted. */
  add(leg: LegEvidence | undefined): void
  /**
   * What was collected. `leftOff`: how many legs were too many, too large, or given in part. `salt`: that of the statement's hash in the gateway's
   * entry, base64url; null if the gateway keeps no audit log.
   */
  list(): { readonly legs: readonly LegEvidence[]; readonly leftOff: number; readonly salt: string | null }
}
