/**
 * Compiles the layout of an answer into the scan of each fetch's text: it checks the form by regular expressions, and notes where the parts are that the
 * answer to the client needs.
 */
import type { LeafShape, ValueShape } from '../types/shape.ts'
import type { FieldLayout, ObjectLayout, RunLayout, Slot } from './layout.ts'
import { ANY_KEY, ANY_LEAF, keyPattern, leafPattern } from './patterns.ts'

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
  /** By fetch whose representations the objects have: the start and the end of each part of these, object by object. */
  readonly keys: readonly number[][]
  /** By the same fetches: how many numbers `keys` had at the end of each item. */
  readonly keysAfter: readonly number[][]
  /** How many objects there were so far, by place. */
  readonly objects: number[]
  /** The start and the end of each run of fields, item by item. */
  readonly runs: number[]
  /** How many numbers `cuts` had at the start of each run. */
  readonly cutsBefore: number[]
  items: number
}

/** Looks at the next part of the text. Returns false if it does not have the form. */
export type Step = (scan: Scan) => boolean

/** Notes a position. */
export type Note = (scan: Scan, position: number) => unknown

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

  /** Adds a list of items. */
  list(item: ScanBuilder, isNullable: boolean): this {
    const items = listOf(item.finish(), item.values)
    return isNullable ? this.nullable('[', items) : this.literal('[').step(items)
  }

  /** Adds a value that may be null. `step` looks at what comes after its first sign. */
  nullable(opening: '{' | '[', step: Step): this {
    return this.pattern(`(?:null|\\${opening})`).step((scan) => scan.text[scan.at - 1] !== opening || step(scan))
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

  private flush(): void {
    const { source, text, length, notes } = this
    if (length === null) this.steps.push(noted(matchPattern(new RegExp(source, 'y')), notes))
    else if (text !== '') this.steps.push(noted(matchText(text), notes))
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

function listOf(item: Step, values: number): Step {
  return (scan) => {
    const { text } = scan
    if (text[scan.at] === ']') {
      scan.at += 1
      return true
    }
    for (;;) {
      scan.values += values + 1
      if (!item(scan)) return false
      const sign = text[scan.at]
      scan.at += 1
      if (sign !== ',') return sign === ']'
    }
  }
}

// The scans of an operation.

/** White space after the document, which some servers send. */
export const END = '[ \\t\\r\\n]*'

/** Creates a compiler for the fetches of one operation. */
export function createScanCompiler() {
  const slots: Slot[] = []
  return {
    slots,
    /** @returns the scan of a whole answer. */
    compile(object: ObjectLayout) {
      const builder = addOwnObject(new ScanBuilder().literal('{"data":'), object, slots, null).literal('}')
      const scanAll = builder.pattern(END).finish()
      const values = builder.values + 4
      return (scan: Scan) => {
        scan.values += values
        return scanAll(scan) && scan.at === scan.text.length
      }
    },
    /**
     * @param dependent the fetches whose representations the entities have.
     * @returns the scan of a list of entities.
     */
    compileEntities(object: ObjectLayout, dependent: readonly number[]) {
      const item = addOwnObject(new ScanBuilder(), object, slots, noteItem(dependent))
      return new ScanBuilder().list(item, false).finish()
    },
  }
}

/** Makes the note of an item's end: how many items there were, and how many keys for each fetch whose representations they have. */
function noteItem(dependent: readonly number[]): (scan: Scan) => void {
  return (scan) => {
    scan.items += 1
    for (const fetch of dependent) scan.keysAfter[fetch]?.push(scan.keys[fetch]?.length ?? 0)
  }
}

/** Adds an object of the fetch itself, whose runs are taken out of the text. */
function addOwnObject(
  builder: ScanBuilder,
  object: ObjectLayout,
  slots: Slot[],
  noteEnd: ((scan: Scan) => void) | null,
): ScanBuilder {
  const { fields, runs } = object
  builder.literal('{')
  builder.values += 1 + fields.length
  const notes = runNotes(fields, runs, slots)
  for (const [i, field] of fields.entries()) {
    if (i > 0) builder.literal(',')
    for (const note of notes.before.get(i) ?? []) builder.note(note)
    addField(builder, field, object, slots)
    for (const note of notes.after.get(i) ?? []) builder.note(note)
  }
  builder.literal('}')
  return noteEnd === null ? builder : builder.note(noteEnd)
}

/** Finds what to note before and after each field: the runs, and what is left out inside of a run. */
function runNotes(fields: readonly FieldLayout[], runs: readonly RunLayout[], slots: Slot[]) {
  const before = new Map<number, Note[]>()
  const after = new Map<number, Note[]>()
  const add = (to: Map<number, Note[]>, at: number, note: Note): void => {
    to.set(at, [...(to.get(at) ?? []), note])
  }
  for (const { from, to } of runs) {
    add(before, from, (scan, position) => {
      scan.runs.push(position)
      scan.cutsBefore.push(scan.cuts.length)
    })
    let last = from
    for (let i = from + 1; i <= to; i++) {
      if (!fields[i]?.isKept) continue
      if (i > last + 1) {
        add(after, last, noteCut)
        add(before, i, noteResume(addSlot(slots, [',']), null))
      }
      last = i
    }
    add(after, to, (scan, position) => {
      scan.runs.push(position)
    })
  }
  return { before, after }
}

/** Adds an object that is part of the text of its fetch, from after its opening brace on. */
function addInnerObject(builder: ScanBuilder, object: ObjectLayout, slots: Slot[]): ScanBuilder {
  const { fields, place } = object
  const between = object.slots ?? []
  builder.values += 1 + fields.length
  const isNumbered = between.some((slot) => slot.some((part) => typeof part !== 'string')) || fields.some(isKey)
  if (isNumbered) builder.note(countObject(place))
  let kept = 0
  let isCut = openSlot(builder, 0, fields[0], between)
  for (const [i, field] of fields.entries()) {
    if (i > 0) builder.literal(',')
    if (field.isKept) {
      if (isCut) builder.note(noteResume(addSlot(slots, between[kept] ?? []), place))
      kept += 1
    }
    addField(builder, field, object, slots)
    if (field.isKept) isCut = openSlot(builder, kept, fields[i + 1], between)
  }
  if (isCut) builder.note(noteResume(addSlot(slots, between[kept] ?? []), place))
  return builder.literal('}')
}

/** Notes a cut if what follows is not the text's own next field. Returns whether it did. */
function openSlot(builder: ScanBuilder, kept: number, next: FieldLayout | undefined, slots: readonly Slot[]): boolean {
  const slot = slots[kept] ?? []
  const isOwnComma = slot.length === 1 && slot[0] === ','
  const isPlain = next === undefined ? slot.length === 0 : next.isKept && (slot.length === 0 || isOwnComma)
  if (isPlain) return false
  builder.note(noteCut)
  return true
}

function isKey({ keyOf }: FieldLayout): boolean {
  return keyOf.length > 0
}

const noteCut: Note = (scan, position) => {
  scan.cuts.push(position)
}

function noteResume(slot: number, place: number | null): Note {
  return (scan, position) => {
    const { cuts } = scan
    cuts.push(position)
    cuts.push(slot)
    cuts.push(place === null ? 0 : (scan.objects[place] ?? 0) - 1)
  }
}

function countObject(place: number): Note {
  return (scan) => {
    scan.objects[place] = (scan.objects[place] ?? 0) + 1
  }
}

function addSlot(slots: Slot[], slot: Slot): number {
  slots.push(slot)
  return slots.length - 1
}

function addField(builder: ScanBuilder, field: FieldLayout, { typeName }: ObjectLayout, slots: Slot[]): void {
  builder.literal(`"${field.key}":`)
  if (field.isTypeName) {
    builder.literal(`"${typeName}"`)
  } else if (field.object !== null && field.value !== null) {
    addComposite(builder, field.value, field.object, slots)
  } else if (isKey(field)) {
    const isLeaf = field.value?.kind === 'leaf'
    builder.note(noteKey(field.keyOf)).pattern(isLeaf ? keyPattern(field.value as LeafShape) : ANY_KEY)
    builder.note(noteKey(field.keyOf))
  } else if (field.value === null) builder.pattern(ANY_LEAF)
  else addLeaf(builder, field.value)
}

function noteKey(fetches: readonly number[]): Note {
  return (scan, position) => {
    for (const fetch of fetches) scan.keys[fetch]?.push(position)
  }
}

function addComposite(builder: ScanBuilder, value: ValueShape, object: ObjectLayout, slots: Slot[]): void {
  if (value.kind === 'list') {
    const item = new ScanBuilder()
    addComposite(item, value.of, object, slots)
    builder.list(item, !value.nonNull)
  } else if (value.nonNull) addInnerObject(builder.literal('{'), object, slots)
  else {
    const inner = addInnerObject(new ScanBuilder(), object, slots)
    builder.values += inner.values
    builder.nullable('{', inner.finish())
  }
}

function addLeaf(builder: ScanBuilder, value: ValueShape): void {
  if (value.kind === 'list') {
    const item = new ScanBuilder()
    addLeaf(item, value.of)
    builder.list(item, !value.nonNull)
  } else if (value.kind === 'leaf') {
    builder.pattern(value.nonNull ? leafPattern(value) : `(?:${leafPattern(value)}|null)`)
  }
}
