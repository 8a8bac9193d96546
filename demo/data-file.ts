import { readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parse, stringify } from 'yaml'
import type { z } from 'zod'

/** Reads data of the demo from a YAML file beside the code. @throws {z.ZodError} if it has another form. */
export function readData<Schema extends z.ZodType>(file: URL, schema: Schema): z.output<Schema> {
  return schema.parse(parse(readFileSync(file, 'utf8')))
}

/** Writes a file in YAML that only its owner can read, with its folder. */
export async function writeYaml(file: string, value: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, stringify(value), { mode: 0o600 })
  await chmod(file, 0o600)
}
