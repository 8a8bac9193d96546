/** An entry as oversight's GraphQL shows it (auditors/oversight/schema.graphql), with what proves it. */

/** The caller of an entry. `ref` is a pseudonym. */
export interface ShownActor {
  readonly country: string | null
  readonly agency: string | null
  readonly role: string | null
  readonly ref: string
  readonly client: string | null
  readonly tokenId: string | null
}

/** An entry of a list. It comes out of oversight's index, and nothing of it is proved. */
export interface ListedEntry {
  readonly id: string
  /** The log's origin, and the entry's index in it. */
  readonly log: string
  readonly position: number
  /** RFC 3339 in UTC. */
  readonly time: string
  readonly kind: string
  readonly actor: ShownActor | null
  readonly taskForce: string | null
  readonly purpose: string | null
  readonly caseRef: string | null
  readonly operation: string | null
  readonly countries: readonly string[]
  readonly domains: readonly string[]
  readonly coordinates: readonly string[]
  readonly denied: readonly string[]
  readonly outcome: string
  readonly codes: readonly string[]
  readonly status: number | null
  readonly durationMs: number | null
  readonly records: number
  /** SHA-256 of the operation without its values. */
  readonly document: string | null
  /** The proof of the entry itself, without its parts. Absent where nobody asked for it. */
  readonly proof?: ShownProof | null
}

/** The proof of an entry or of a part of it. */
export interface ShownProof {
  /** The entry as it stands in the log: RFC 8785 JSON. */
  readonly entry: string
  /** A C2SP tlog-proof with the entry in its line `extra`. */
  readonly bundle: string
}

/** An entry with its proof; null if oversight gives none, because the entry tells of other countries than the auditor's. */
export interface ShownEntry extends ListedEntry {
  readonly proof: (ShownProof & { readonly parts: readonly ShownProof[] }) | null
}

/** Who the auditor is at oversight, and the logs that are read. */
export interface ViewerData {
  readonly viewer: { readonly country: string | null; readonly agency: string | null; readonly isRegional: boolean }
  readonly logs: readonly {
    readonly origin: string
    readonly size: number
    readonly isWitnessed: boolean
    /** Why nobody may rely on the log to its end; null if it was read to its end. */
    readonly problem: string | null
  }[]
}
