import { parseDocument } from 'yaml'
import { z } from 'zod'
import { describePlainly } from '../contract/plain-issue.ts'
import { closestTo } from './closest-to.ts'
import { findYamlLines } from './yaml-lines.ts'

/** One wrong setting of a file: where it is, and what was expected there. */
interface WrongSetting {
  /** The path of the setting, such as `taskForces.0.notAfter`; «at the top» for the file. */
  readonly path: string
  readonly message: string
}

/**
 * Says in plain words what is wrong in a file of settings, with the lines. Misspelt names come first: what is missing is often one of them.
 * @param schema what the file was compared with, to find the name that a misspelt one may mean.
 * @param text the YAML document, which parses.
 */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  text: string,
): readonly WrongSetting[] {
  const lineOf = findYamlLines(text)
  const isUnknown = (issue: z.core.$ZodIssue): boolean => issue.code === 'unrecognized_keys'
  const sorted = [...issues.filter(isUnknown), ...issues.filter((issue) => !isUnknown(issue))]
  return sorted.map((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol')
    const message =
      issue.code === 'unrecognized_keys'
        ? describeUnknown(issue.keys, namesIn(schema, path), lineOf([...path, issue.keys[0] ?? '']))
        : `${sayNumber(issue, describePlainly(issue), text)} (line ${lineOf(path)})`
    return { path: path.join('.') || 'at the top', message }
  })
}

/** Says which number is too small or too big. Of texts, only the line is named: they may be secrets. */
function sayNumber({ code, path }: z.core.$ZodIssue, message: string, text: string): string {
  if (code !== 'too_small' && code !== 'too_big') return message
  const came: unknown = parseDocument(text).getIn(path)
  return typeof came === 'number' ? message.replace(/came (?:less|more)$/, `came ${came}`) : message
}

function describeUnknown(keys: readonly string[], known: readonly string[], line: number): string {
  const meant = keys.length === 1 ? closestTo(keys[0] ?? '', known) : undefined
  const there =
    keys.length === 1 ? `there is no setting ${keys[0]} here` : `there are no settings ${keys.join(', ')} here`
  const remedy = meant === undefined ? `The settings are ${known.join(', ')}` : `Did you mean ${meant}?`
  return `${there} (line ${line}). ${known.length === 0 ? 'Remove it' : remedy}`
}

/** The names that a schema knows at a path. */
function namesIn(schema: unknown, path: readonly (string | number)[]): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return namesIn(schema.unwrap(), path)
  }
  if (schema instanceof z.ZodPipe) return namesIn(schema.in, path)
  if (schema instanceof z.ZodUnion) {
    return [...new Set(schema.options.flatMap((option: unknown) => namesIn(option, path)))]
  }
  const [first, ...rest] = path
  if (schema instanceof z.ZodObject) {
    return first === undefined ? Object.keys(schema.shape) : namesIn(schema.shape[first], rest)
  }
  if (schema instanceof z.ZodArray) return namesIn(schema.element, rest)
  return schema instanceof z.ZodRecord ? namesIn(schema.valueType, rest) : []
}
