import { buildSchema, type OperationDefinitionNode, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../../clients/check-document.ts'
import schemaText from '../../../contract/client/schema.graphql?raw'
import type { ConsoleDocument } from '../session/session.ts'
import * as documents from './documents.ts'

const FILES = import.meta.glob<string>('./*.graphql', { query: '?raw', import: 'default', eager: true })
const schema = buildSchema(schemaText)
const all = Object.values(documents) as readonly ConsoleDocument<unknown, object>[]

function operationOf(text: string): OperationDefinitionNode {
  const [first, ...others] = parse(text).definitions
  expect(others).toEqual([])
  if (first?.kind !== 'OperationDefinition') throw new Error('expected one operation')
  return first
}

describe('the console’s documents', () => {
  it.each(all.map((document) => [document.name, document.text]))('%s is valid on the graph', (_, text) => {
    expect(validate(schema, parse(text))).toEqual([])
  })

  it.each(all.map((document) => [document.name, document.text]))(
    '%s has one operation of this name, and no text or number of its own',
    (name, text) => {
      const { name: written, variableDefinitions = [] } = operationOf(text)
      expect(written?.value).toBe(name)
      const variables = variableDefinitions.map(({ variable }) => [variable.name.value, null])
      expect(() => checkDocument(text, Object.fromEntries(variables))).not.toThrow()
    },
  )

  it('are the files of the folder, each once', () => {
    const texts = Object.values(FILES).map((text) => text.trimEnd())
    expect(all.map(({ text }) => text).sort()).toEqual(texts.sort())
  })
})
