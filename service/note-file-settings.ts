import type { HelpNotes } from './command-spec.ts'

/** A setting that a file has. */
export interface FileSetting {
  readonly meaning: string
  /** What counts if the file does not have it, in words; undefined if it must. */
  readonly default?: string
}

/** Writes the section of a command's help about the settings in its file: each with its meaning, and what counts without it. */
export function noteFileSettings(settings: Readonly<Record<string, FileSetting>>): HelpNotes {
  const rows = Object.entries(settings).map(([key, { meaning, default: byDefault }]) => {
    return [key, `${meaning} (${byDefault === undefined ? 'required' : `default: ${byDefault}`})`] as const
  })
  return { 'Settings in the file (paths are relative to its folder)': Object.fromEntries(rows) }
}
