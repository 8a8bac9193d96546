/** Reads values of the contract that a mapping writes itself: `{ value: OPEN }`, what stands under `values`, `default` and `else`. */

import { isScalar, isSeq, type Node } from 'yaml'
import { isCountryCode } from '../../contract/country-code.ts'
import { isRecordId } from '../../contract/record-id.ts'
import type { FieldType } from '../../contract/records/record-kind.ts'
import { isDate, isDateTime } from '../../contract/scalars.ts'
import { closestTo } from '../../service/closest-to.ts'
import { type Cell, NOW } from './mapping.ts'
import { isIccs, isSubdivision } from './value-forms.ts'
import { describeNode, type Report, scalarText, TODO } from './yaml-report.ts'

/** A value, or undefined after its problem was noted. */
type Constant = Cell | typeof NOW | undefined

/**
 * Reads a value of a field's type. `null` is a value: the field is empty.
 * @param country the country of the mapping, whose code goes before ids.
 */
export function readConstant(
  node: Node | null,
  type: FieldType,
  place: string,
  report: Report,
  country: string,
): Constant {
  if (node === null || (isScalar(node) && node.value === null)) return null
  if (type.kind === 'list') return readList(node, type.of, place, report, country)
  const text = scalarText(node)
  const value = text === undefined || text === TODO ? undefined : toValue(text, type, country)
  if (value !== undefined) return value
  const { words } = report
  const came = describeNode(node, words)
  if (type.kind === 'enum') {
    const closest = text === undefined ? undefined : closestTo(text, type.values)
    report.problem(node, place, words.expectedWord(type.values, came, closest))
  } else report.problem(node, place, words.expected(words.forms[type.kind], came))
  return undefined
}

function readList(node: Node, of: FieldType, place: string, report: Report, country: string): Constant {
  if (!isSeq(node)) {
    // One value is a list of one: `values: { S: H3 }`.
    const one = readConstant(node, of, place, report, country)
    return typeof one === 'string' ? [one] : undefined
  }
  const items = node.items.map((item) => readConstant(report.resolve(item), of, place, report, country))
  const texts = items.filter((item) => typeof item === 'string')
  if (items.includes(null)) report.problem(node, place, report.words.emptyItem)
  return texts.length === items.length ? texts : undefined
}

function toValue(text: string, type: FieldType, country: string): Cell | typeof NOW | undefined {
  const accepts = (isRight: boolean): string | undefined => (isRight ? text : undefined)
  switch (type.kind) {
    case 'enum':
      return accepts(type.values.includes(text))
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : undefined
    case 'whole':
      return /^\d{1,9}$/.test(text) ? Number(text) : undefined
    case 'date':
      return accepts(isDate(text))
    case 'moment':
      return text === 'now' ? NOW : accepts(isDateTime(text))
    case 'country':
      return accepts(isCountryCode(text))
    case 'subdivision':
      return accepts(isSubdivision(text))
    case 'iccs':
      return accepts(isIccs(text))
    case 'reference':
      return readReference(text, type.owner === 'other', country)
    case 'id':
      return readReference(text, false, country)
    default:
      return accepts(text.trim() !== '')
  }
}

function readReference(text: string, isForeign: boolean, country: string): string | undefined {
  const hasPrefix = text.charAt(2) === ':' && isCountryCode(text.slice(0, 2))
  if (isForeign && (!hasPrefix || text.startsWith(`${country}:`))) return undefined
  const id = hasPrefix ? text : `${country}:${text}`
  return isRecordId(id) ? id : undefined
}
