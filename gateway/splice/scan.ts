/** Scans the text of an answer: checks its form by regular expressions, and notes where the parts are that the answer to the client needs. */

/** A text while it is scanned, with what was noted. Positions are indices into the text. */
export interface Scan {
  readonly text: string
  at: number
  /** About how many values the text has: never fewer than it has. */
  values: number
  /**
   * Where the text is cut, in its order: four numbers for each cut. The position where the text stops, the position where it goes on, the slot that
   * says what comes between, and the number of the object that has the slot.
   */
  readonly cuts: number[]
  /** By fetch: the start and the end of each part of its representations, object by object. */
  readonly keys: ReadonlyMap<number, number[]>
  /** How many objects there were so far, by place. */
  readonly objects: number[]
  /** The start and the end of each run of fields, item by item; -1 and -1 for the runs of an item that is null. */
  readonly runs: number[]
  /** How many numbers `cuts` had at the start of each run. */
  readonly cutsBefore: number[]
  items: number
}

/** Looks at the next part of the text. Returns false if it does not have the form. */
export type Step = (scan: Scan) => boolean

/** Notes a position. */
export type Note = (scan: Scan, position: number) => void

const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c

/**
 * Builds the steps of a scan: one regular expression from each place whose position is not known before to the next one. All text in it comes from
 * `patterns.ts` and from checked names.
 */
export class ScanBuilder {
  /** How many values the scanned text has at most, without those of lists, which are counted one by one. */
  values = 0
  private readonly steps: Step[] = []
  private source = ''
  /** How long the text is that `source` matches; null if that is not known. */
  private length: number | null = 0
  private notes: { readonly offset: number; readonly note: Note }[] = []

  /** Adds a text that must come next. */
  literal(text: string): this {
    this.source += text.replace(/[{}[\]]/g, '\\$&')
    if (this.length !== null) this.length += text.length
    return this
  }

  /** Adds a pattern of any length. */
  pattern(source: string): this {
    this.source += source
    this.length = null
    return this
  }

  /** Notes the position that was reached. */
  note(note: Note): this {
    if (this.length === null) this.flush()
    this.notes.push({ offset: this.length ?? 0, note })
    return this
  }

  /** Adds an object that may be null. */
  nullableObject(object: ScanBuilder): this {
    this.values += object.values
    if (object.isPattern()) return this.pattern(`(?:null|\\{${object.source})`)
    return this.pattern('(?:null|\\{)').step(branch(OPEN_BRACE, object.finish()))
  }

  /** Adds a list of items. */
  list(item: ScanBuilder, isNullable: boolean): this {
    const items = listOf(item.finish(), item.values)
    if (!isNullable) return this.literal('[').step(items)
    return this.pattern('(?:null|\\[)').step(branch(OPEN_BRACKET, items))
  }

  /** Adds a step of its own. */
  step(step: Step): this {
    this.flush()
    this.steps.push(step)
    return this
  }

  /** Makes one step of all. */
  finish(): Step {
    this.flush()
    const [first, ...others] = this.steps
    if (first === undefined) return () => true
    if (others.length === 0) return first
    const steps = [...this.steps]
    return (scan) => {
      for (const step of steps) if (!step(scan)) return false
      return true
    }
  }

  private isPattern(): boolean {
    return this.steps.length === 0 && this.notes.length === 0
  }

  private flush(): void {
    const { source, notes } = this
    if (source !== '') this.steps.push(matchStep(new RegExp(source, 'y'), notes))
    else if (notes.length > 0) this.steps.push(noteStep(notes.map(({ note }) => note)))
    this.source = ''
    this.length = 0
    this.notes = []
  }
}

function matchStep(pattern: RegExp, notes: readonly { readonly offset: number; readonly note: Note }[]): Step {
  return (scan) => {
    const from = scan.at
    pattern.lastIndex = from
    if (!pattern.test(scan.text)) return false
    scan.at = pattern.lastIndex
    for (const { offset, note } of notes) note(scan, from + offset)
    return true
  }
}

function noteStep(notes: readonly Note[]): Step {
  return (scan) => {
    for (const note of notes) note(scan, scan.at)
    return true
  }
}

/** Goes on with a step if the last character is that with which the value opens. If it is not, the value was null. */
function branch(opening: number, step: Step): Step {
  return (scan) => scan.text.charCodeAt(scan.at - 1) !== opening || step(scan)
}

function listOf(item: Step, values: number): Step {
  return (scan) => {
    const { text } = scan
    if (text.charCodeAt(scan.at) === CLOSE_BRACKET) {
      scan.at += 1
      return true
    }
    for (;;) {
      scan.values += values + 1
      if (!item(scan)) return false
      const sign = text.charCodeAt(scan.at)
      scan.at += 1
      if (sign !== COMMA) return sign === CLOSE_BRACKET
    }
  }
}
