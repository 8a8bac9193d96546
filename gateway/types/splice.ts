/** How the gateway makes an answer's text from the texts of its subgraphs, without making objects. Types only. */

/** Splices the answers of one compiled operation. It has no state of its own. */
export interface Splicer {
  /** Begins the answer to one request. */
  begin(): Splicing
}

/** The entities that a fetch asks about, each of them once, in the order in which the answer has them first. */
export interface AskedEntities {
  readonly count: number
  /** The list of representations as JSON. It is ASCII. */
  readonly json: string
}

/**
 * One answer while it is spliced. All texts but that of `AskedEntities` have one character for each byte of UTF-8 (latin1), so that nothing is
 * decoded or encoded.
 */
export interface Splicing {
  /**
   * Lists the entities that a fetch asks about; null if there are none, so that it has nothing to ask. The fetches that it depends on must have been
   * taken.
   * @param fetch the index of a fetch that has representations.
   */
  ask(fetch: number): AskedEntities | null
  /**
   * Takes the answer to a fetch if it is exactly one JSON document of the form that the operation asked for: no errors, no extensions, and each
   * leaf of its type. Returns false if it is not: then the answer must be read in the usual way, and nothing more can be spliced.
   * @param body the answer as it came, inflated.
   * @param maxValues how many values the answer may have at most (`findExceededBound`).
   */
  take(fetch: number, body: Buffer, maxValues: number): boolean
  /** Parses the member `data` of an answer that was taken, so that the usual way can go on with it. */
  dataOf(fetch: number): Record<string, unknown>
  /** Writes the answer's data as JSON. Each fetch must have been taken, or have had nothing to ask. */
  write(): string
}
