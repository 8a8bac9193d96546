import { readdirSync, readFileSync } from 'node:fs'
import { buildSchema, type OperationDefinitionNode, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../../clients/check-document.ts'
import type { ConsoleDocument } from '../session/session.ts'
import * as documents from './documents.ts'

const FOLDER = new URL('.', import.meta.url)
const schema = buildSchema(readFileSync(new URL('../../../contract/client/schema.graphql', import.meta.url), 'utf8'))
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
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.graphql'))
    const texts = files.map((name) => readFileSync(new URL(name, FOLDER), 'utf8').trimEnd())
    expect(all.map(({ text }) => text).sort()).toEqual(texts.sort())
  })
})
