/** Compiles the layout of an answer into the scan of each fetch's text. */
import type { LeafShape, ValueShape } from '../types/shape.ts'
import type { FieldLayout, ObjectLayout, RunLayout, Slot } from './layout.ts'
import { ANY_KEY, ANY_LEAF, keyPattern, leafPattern } from './patterns.ts'
import { type Note, type Scan, ScanBuilder, type Step } from './scan.ts'

/** Compiles scans. It collects the slots that their cuts name by number. */
export interface ScanCompiler {
  readonly slots: Slot[]
  /** @returns the scan of a whole answer. */
  compile(object: ObjectLayout): Step
  /**
   * @param dependent the fetches whose representations the entities have.
   * @returns the scan of a list of entities.
   */
  compileEntities(object: ObjectLayout, dependent: readonly number[]): Step
}

/** White space after the document, which some servers send. */
export const END = '[ \\t\\r\\n]*'

/** Creates a compiler for the fetches of one operation. */
export function createScanCompiler(): ScanCompiler {
  const slots: Slot[] = []
  return {
    slots,
    compile(object) {
      const builder = addOwnObject(new ScanBuilder().literal('{"data":'), object, slots, null).literal('}')
      const scanAll = builder.pattern(END).finish()
      const values = builder.values + 4
      return (scan) => {
        scan.values += values
        return scanAll(scan) && scan.at === scan.text.length
      }
    },
    compileEntities(object, dependent) {
      return new ScanBuilder().list(entityItem(object, slots, noteItem(dependent)), false).finish()
    },
  }
}

function entityItem(object: ObjectLayout, slots: Slot[], noteEnd: (scan: Scan) => void): ScanBuilder {
  const item = new ScanBuilder()
  if (object.runs.some(({ nullText }) => nullText === null)) return addOwnObject(item, object, slots, noteEnd)
  const own = addOwnObject(new ScanBuilder(), object, slots, noteEnd, false)
  item.values = own.values
  return item.nullable('{', own.finish(), (scan) => {
    for (const _ of object.runs) {
      scan.runs.push(-1)
      scan.runs.push(-1)
      scan.cutsBefore.push(scan.cuts.length)
    }
    noteEnd(scan)
  })
}

/** Makes the note of an item's end: how many items there were, and how many keys for each fetch whose representations they have. */
function noteItem(dependent: readonly number[]): (scan: Scan) => void {
  if (dependent.length === 0) {
    return (scan) => {
      scan.items += 1
    }
  }
  return (scan) => {
    scan.items += 1
    for (let i = 0; i < dependent.length; i++) {
      const fetch = dependent[i] as number
      scan.keysAfter[fetch]?.push(scan.keys[fetch]?.length ?? 0)
    }
  }
}

/** Adds an object of the fetch itself, whose runs are taken out of the text. */
function addOwnObject(
  builder: ScanBuilder,
  object: ObjectLayout,
  slots: Slot[],
  noteEnd: ((scan: Scan) => void) | null,
  hasBrace = true,
): ScanBuilder {
  const { fields, runs } = object
  if (hasBrace) builder.literal('{')
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
  const [only = 0, ...others] = fetches
  if (others.length === 0) return (scan, position) => scan.keys[only]?.push(position)
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
  else builder.nullableObject(addInnerObject(new ScanBuilder(), object, slots))
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
