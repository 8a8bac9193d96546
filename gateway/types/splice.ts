/** How the gateway makes an answer's text from the texts of its subgraphs, without making objects. Types only. */

/** Splices the answers of one compiled operation. It has no state of its own. */
export interface Splicer {
  /** Begins the answer to one request. */
  begin(): Splicing
}

/** A part of an answer: the entities of one question, which several fetches may have asked together. */
export interface AnswerPart {
  /** The response key of the entities. */
  readonly key: string
  /** How many entities it has. */
  readonly count: number
  readonly takers: readonly PartTaker[]
}

/** A fetch that gets entities of a part. */
export interface PartTaker {
  readonly fetch: number
  /** The places of its entities in the part, in the order in which it asked about them. Null: it asked about all of them in this order. */
  readonly rows: readonly number[] | null
}

/**
 * One answer while it is spliced.
 */
export interface Splicing {
  /**
   * Lists the entities that a fetch asks about, each of them once, in the order in which the answer has them first: their representations as JSON, in
   * ASCII. It is empty if the fetch has nothing to ask. The fetches that it depends on must have been taken.
   * @param fetch the index of a fetch that has representations.
   */
  ask(fetch: number): readonly string[]
  /**
   * Takes the answer to a fetch without representations if it is exactly one JSON document of the form that the operation asked for: no errors, no
   * extensions, and each leaf of its type. Returns false if it is not: then the answer must be read in the usual way, and nothing more can be spliced.
   * @param body the answer as it came, inflated.
   * @param maxValues how many values the answer may have at most (`findExceededBound`).
   */
  take(fetch: number, body: Buffer, maxValues: number): boolean
  /** Takes the answer to fetches with representations, in the same way: that of all of them, or of none. */
  takeParts(parts: readonly AnswerPart[], body: Buffer, maxValues: number): boolean
  /** Parses what a fetch got of an answer that was taken, as if it had asked by itself, so that the usual way can go on with it. */
  dataOf(fetch: number): Record<string, unknown>
  /** Writes the answer's data as JSON. Each fetch must have been taken, or have had nothing to ask. */
  write(): string
}
