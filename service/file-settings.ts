/** Settings in a YAML file: each stands once, in a table, with its form, its meaning and its default. */
import { z } from 'zod'
import type { HelpNotes } from './command-spec.ts'

/** A setting that a file has. */
export interface FileSetting {
  readonly meaning: string
  /** What counts if the file does not have it, in words; undefined if it must. */
  readonly default?: string
  readonly schema: z.ZodType
}

/** Makes a setting that the file must have. */
export function needed<Schema extends z.ZodType>(schema: Schema, meaning: string) {
  return { schema, meaning }
}

/** Makes a setting that the file may have. `without`: what counts without it, in words. */
export function optional<Schema extends z.ZodType>(schema: Schema, meaning: string, without: string) {
  return { schema: schema.optional(), meaning, default: without }
}

/** Makes a setting with a default. `shown`: the default in words. */
export function usually<Schema extends z.ZodType>(
  schema: Schema,
  meaning: string,
  byDefault: z.util.NoUndefined<z.output<Schema>>,
  shown = String(byDefault),
) {
  return { schema: schema.default(byDefault), meaning, default: shown }
}

/** Returns the strict schema of a file with these settings. */
export function schemaOf<const Table extends Readonly<Record<string, FileSetting>>>(table: Table) {
  const shape = Object.fromEntries(Object.entries(table).map(([key, { schema }]) => [key, schema]))
  return z.strictObject(shape as { [Key in keyof Table]: Table[Key]['schema'] })
}

/** Writes the section of a command's help about the settings in its file: each with its meaning, and what counts without it. */
export function noteFileSettings(settings: Readonly<Record<string, FileSetting>>): HelpNotes {
  const rows = Object.entries(settings).map(([key, { meaning, default: byDefault }]) => {
    return [key, `${meaning} (${byDefault === undefined ? 'required' : `default: ${byDefault}`})`] as const
  })
  return { 'Settings in the file (paths are relative to its folder)': Object.fromEntries(rows) }
}
