/** Parses and validates documents, and keeps those that come twice. */
import { createByteCache, nameOf } from '../plan/byte-cache.ts'
import type { Payer, ReadDocument, RunPlanning } from '../types/planning.ts'

/** The documents of one graph. */
export interface Documents {
  /** Parses and validates a text, or returns at once what it keeps. Rejects with {IstmoError} as {@link RunPlanning}. */
  read(source: string, payer: Payer): ReadDocument | Promise<ReadDocument>
  /** Reads a known document as {@link Documents.read}, and keeps it. */
  readAhead(source: string, payer: Payer): Promise<ReadDocument>
  /** About how many bytes of memory the kept documents take. */
  bytes(): number
}

/** Creates the documents. A document that is not valid is kept too: a client that repeats a mistake costs nothing. */
export function createDocuments(run: RunPlanning, maxCacheBytes: number): Documents {
  const cache = createByteCache<ReadDocument>(maxCacheBytes)
  const read = (source: string, payer: Payer): ReadDocument | Promise<ReadDocument> => {
    // The text is the key, because its hash would cost more than the rest of the look-up.
    return cache.get(source) ?? cache.getOrMake(source, nameOf(payer), () => run({ kind: 'read', source }, payer))
  }
  return {
    read,
    async readAhead(source, payer) {
      const document = await read(source, payer)
      cache.keep(source)
      return document
    },
    bytes: cache.bytes,
  }
}
