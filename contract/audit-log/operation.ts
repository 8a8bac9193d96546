import { z } from 'zod'
import { COMMITMENT, COUNT, LABEL, SHA256 } from './parts.ts'

/** The operation of a request. It is null in an entry if the gateway rejected the request before it read the document. */
export const OPERATION = z
  .strictObject({
    name: LABEL.nullable(),
    /** SHA-256 of the document as graphql-js prints it, without comments and with its values replaced (`normaliseDocument`). */
    documentHash: SHA256,
    /** Commitment under the entry's salt to the variables of the request and the values in the document. */
    variables: COMMITMENT.nullable(),
    /** The cost; null if the gateway does not count costs. */
    cost: COUNT.nullable(),
    /** SHA-256 of the supergraph, which is in the content store. */
    graph: SHA256,
  })
  .readonly()
