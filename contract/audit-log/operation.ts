import { z } from 'zod'
import { COMMITMENT, COUNT, LABEL, SHA256 } from './parts.ts'

/** The operation of a request. It is null in an entry if the gateway rejected the request before it read the document. */
export const OPERATION = z
  .strictObject({
    name: LABEL.nullable(),
    /** SHA-256 of the document as graphql-js prints it, without comments and without the values and names of its author (`printNormalised`). */
    documentHash: SHA256,
    /** Commitment under the entry's salt to the variables of the request, and to the values and names in the document. */
    variables: COMMITMENT.nullable(),
    /** The cost; null if the gateway does not count costs. */
    cost: COUNT.nullable(),
    /** Whether the normalised document is in the content store under `documentHash`. Absent in entries of version 1. */
    isKept: z.boolean().optional(),
    /** SHA-256 of the supergraph, which is in the content store. */
    graph: SHA256,
  })
  .readonly()
