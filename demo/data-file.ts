import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { z } from 'zod'

/** Reads data of the demo from a YAML file beside the code. @throws {z.ZodError} if it has another form. */
export function readData<Schema extends z.ZodType>(file: URL, schema: Schema): z.output<Schema> {
  return schema.parse(parse(readFileSync(file, 'utf8')))
}
