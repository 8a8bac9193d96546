/** Scans the text of an answer: checks its form by regular expressions, and notes where the parts are that the answer to the client needs. */
import type { Numbers } from './numbers.ts'

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
  readonly cuts: Numbers
  /** By fetch whose representations the objects have: the start and the end of each part of these, object by object. */
  readonly keys: readonly Numbers[]
  /** By the same fetches: how many numbers `keys` had at the end of each item. */
  readonly keysAfter: readonly Numbers[]
  /** How many objects there were so far, by place. */
  readonly objects: number[]
  /** The start and the end of each run of fields, item by item; -1 and -1 for the runs of an item that is null. */
  readonly runs: Numbers
  /** How many numbers `cuts` had at the start of each run. */
  readonly cutsBefore: Numbers
  items: number
}

/** Looks at the next part of the text. Returns false if it does not have the form. */
export type Step = (scan: Scan) => boolean

/** Notes a position. */
export type Note = (scan: Scan, position: number) => unknown

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
  /** The only text that `source` matches, as long as there is only one. */
  private text = ''
  /** How long the text is that `source` matches; null if that is not known. */
  private length: number | null = 0
  private notes: { readonly offset: number; readonly note: Note }[] = []

  /** Adds a text that must come next. */
  literal(text: string): this {
    this.source += text.replace(/[{}[\]]/g, '\\$&')
    this.text += text
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
    return this.nullable('{', object.finish())
  }

  /** Adds a list of items. */
  list(item: ScanBuilder, isNullable: boolean): this {
    const items = listOf(item.finish(), item.values)
    return isNullable ? this.nullable('[', items) : this.literal('[').step(items)
  }

  /** Adds a value that may be null. `step` looks at what comes after its first sign, and `otherwise` is done if it is null. */
  nullable(opening: '{' | '[', step: Step, otherwise: (scan: Scan) => void = () => undefined): this {
    const sign = opening.charCodeAt(0)
    if (this.source === '' && this.notes.length === 0) return this.step(peek(sign, step, otherwise))
    return this.pattern(`(?:null|\\${opening})`).step(branch(sign, step, otherwise))
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
      for (let i = 0; i < steps.length; i++) if (!steps[i]?.(scan)) return false
      return true
    }
  }

  private isPattern(): boolean {
    return this.steps.length === 0 && this.notes.length === 0
  }

  private flush(): void {
    const { source, text, length, notes } = this
    if (length === null) this.steps.push(noted(matchPattern(new RegExp(source, 'y')), notes))
    else if (text !== '')
      this.steps.push(noted(text.length === 1 ? matchSign(text.charCodeAt(0)) : matchText(text), notes))
    else if (notes.length > 0) this.steps.push(noted(() => true, notes))
    this.source = ''
    this.text = ''
    this.length = 0
    this.notes = []
  }
}

function matchPattern(pattern: RegExp): Step {
  return (scan) => {
    pattern.lastIndex = scan.at
    if (!pattern.test(scan.text)) return false
    scan.at = pattern.lastIndex
    return true
  }
}

function matchText(text: string): Step {
  const { length } = text
  return (scan) => {
    if (!scan.text.startsWith(text, scan.at)) return false
    scan.at += length
    return true
  }
}

function matchSign(sign: number): Step {
  return (scan) => {
    if (scan.text.charCodeAt(scan.at) !== sign) return false
    scan.at += 1
    return true
  }
}

/** Notes positions after a step whose part of the text they are in. */
function noted(step: Step, notes: readonly { readonly offset: number; readonly note: Note }[]): Step {
  if (notes.length === 0) return step
  return (scan) => {
    const from = scan.at
    if (!step(scan)) return false
    for (let i = 0; i < notes.length; i++) {
      const one = notes[i]
      one?.note(scan, from + one.offset)
    }
    return true
  }
}

/** Goes on with a step if the last sign is that with which the value opens. If it is not, the value was null. */
function branch(opening: number, step: Step, otherwise: (scan: Scan) => void): Step {
  return (scan) => {
    if (scan.text.charCodeAt(scan.at - 1) === opening) return step(scan)
    otherwise(scan)
    return true
  }
}

/** Goes on with a step if the next sign is that with which the value opens. If it is not, the value must be null. */
function peek(opening: number, step: Step, otherwise: (scan: Scan) => void): Step {
  const matchNull = matchText('null')
  return (scan) => {
    if (scan.text.charCodeAt(scan.at) === opening) {
      scan.at += 1
      return step(scan)
    }
    otherwise(scan)
    return matchNull(scan)
  }
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
