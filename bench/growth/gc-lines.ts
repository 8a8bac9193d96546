/** Reads what a process of Node with `--trace-gc` prints of its garbage collections. */

/** One collection. */
export interface Collection {
  /** The address of the heap, which tells threads apart. */
  readonly heap: string
  readonly kind: string
  readonly ms: number
}

const LINE = /^\[\d+:(0x[0-9a-f]+)(?::\d+)?\] +\d+ ms: (.+?) [\d.]+ \([\d.]+\) -> .*?MB, .*?([\d.]+) \/ [\d.]+ ms/

/** Reads the lines of a text that tell of a collection. */
export function readCollections(text: string): readonly Collection[] {
  return text.split('\n').flatMap((line) => {
    const [, heap, kind, ms] = LINE.exec(line) ?? []
    return heap === undefined || kind === undefined ? [] : [{ heap, kind, ms: Number(ms) }]
  })
}

/** A collection of the young generation only, which stops the thread. */
export function isYoung({ kind }: Collection): boolean {
  return kind.startsWith('Scavenge') || kind.startsWith('Minor Mark-Sweep')
}
