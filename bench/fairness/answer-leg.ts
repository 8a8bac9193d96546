/** Answers legs from memory: it reads which keys the leg asks for, so that the answers are what the gateway expects. */
import { type FieldNode, Kind, type OperationDefinitionNode, parse, type SelectionSetNode } from 'graphql'
import { encodeCursor } from '../../contract/cursor.ts'

type Row = Readonly<Record<string, unknown>>

/** How many rows a page has. */
export const ROWS = 20

/** How a country answers: how many items its lists without pages have. */
export interface AnswerOptions {
  readonly listLength: number
}

/** Returns the JSON text of the answer to a leg of `country`. A leg with representations gets one entity for each. */
export function answerLeg(country: string, text: string, { listLength }: AnswerOptions): string {
  const { query, variables = {} } = JSON.parse(text) as { query: string; variables?: Row }
  const operation = parse(query).definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  )
  if (operation === undefined) throw new TypeError('expected an operation in a leg; came none')
  const root = { ...rootOf(country, listLength), _entities: entitiesOf(variables.representations) }
  return JSON.stringify({ data: select(operation.selectionSet, root) })
}

/** Takes out of a row what a selection asks for. A selection below a list applies to each item. */
function select(selections: SelectionSetNode, row: Row): Row {
  const selected: Record<string, unknown> = {}
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FIELD)
      selected[selection.alias?.value ?? selection.name.value] = readField(selection, row)
    else if (selection.kind === Kind.INLINE_FRAGMENT) Object.assign(selected, select(selection.selectionSet, row))
  }
  return selected
}

function readField({ name, selectionSet, arguments: given = [] }: FieldNode, row: Row): unknown {
  const field = row[name.value]
  const first = given.find((argument) => argument.name.value === 'id')?.value
  const value = typeof field === 'function' ? field(first?.kind === Kind.STRING ? first.value : undefined) : field
  if (value === undefined || value === null) return null
  if (selectionSet === undefined) return value
  return Array.isArray(value)
    ? value.map((item) => select(selectionSet, item as Row))
    : select(selectionSet, value as Row)
}

function entitiesOf(representations: unknown): readonly Row[] {
  return Array.isArray(representations) ? (representations as readonly Row[]) : []
}

function rootOf(country: string, listLength: number): Row {
  const rows = Array.from({ length: ROWS }, (_, i) => caseOf(country, i))
  const statutes = Array.from({ length: ROWS }, (_, i) => statuteOf(country, i))
  return {
    __typename: 'Query',
    cases: pageOf('CaseConnection', 'CaseEdge', 'FILED_ON_DESC', rows),
    statutes: pageOf('StatuteConnection', 'StatuteEdge', 'ID_ASC', statutes),
    statute: (id = `${country}:CP:0`) => ({ ...statuteOf(country, 0), id }),
    iccsClasses: {
      __typename: 'IccsClasses',
      classes: Array.from({ length: listLength }, () => classOf(country)),
    },
  }
}

function pageOf(typename: string, edgeTypename: string, order: string, rows: readonly Row[]): Row {
  return {
    __typename: typename,
    edges: rows.map((node, i) => ({
      __typename: edgeTypename,
      cursor: encodeCursor({ order, key: String(i).padStart(4, '0'), id: String(node.id) }),
      node,
    })),
    pageInfo: { __typename: 'PageInfo', hasNextPage: false, hasPreviousPage: false },
  }
}

function caseOf(country: string, number: number): Row {
  return {
    ...{ __typename: 'Case', id: `${country}:${number}`, country, status: 'OPEN', filedOn: '2026-01-02' },
    ...{ court: 'Juzgado de Letras', category: 'INVESTIGATION' },
    offences: [{ __typename: 'Offence', iccs: '0101', nationalLabel: 'Homicidio' }],
  }
}

function statuteOf(country: string, number: number): Row {
  return {
    ...{ __typename: 'Statute', id: `${country}:CP:${number}`, country, code: 'CP', section: String(number) },
    ...{ heading: 'Homicidio', text: 'x', maxPenaltyMonths: 240, untocSeriousCrime: true },
  }
}

function classOf(country: string): Row {
  return { __typename: 'IccsClass', country, code: '01', level: 1, parent: null, titleEn: 'a', titleEs: 'b' }
}
