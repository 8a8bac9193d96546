/** From how many numbers on a list leaves the heap of V8. A shorter list dies young, and is quicker in an array. */
export const LONG = 2_048

/**
 * A list of whole numbers of at most 31 bits that only grows. A long one is kept as bytes outside of V8's heap: there a number takes half the room, growing
 * copies less, and no collection looks at it.
 */
export class Numbers {
  length = 0
  private readonly short: number[] = []
  private long: Int32Array | null = null

  push(value: number): void {
    const at = this.length
    this.length = at + 1
    if (at < LONG) this.short.push(value)
    else this.roomFor(at)[at] = value
  }

  /** Returns the number at a place; undefined if the list is not as long. */
  at(place: number): number | undefined {
    if (this.long === null) return this.short[place]
    return place < this.length ? this.long[place] : undefined
  }

  private roomFor(at: number): Int32Array {
    if (this.long !== null && at < this.long.length) return this.long
    const grown = new Int32Array(4 * at)
    grown.set(this.long ?? this.short)
    this.long = grown
    return grown
  }
}
