import type { ExportColumn } from './table-export.ts'

/** A line of a file that tells of one thing: what it says, and of what. A line without a value is a heading. */
export interface FileLine {
  readonly label: string
  readonly value: string
}

/** Returns the columns of a file of lines. */
export function lineColumns(label: string, value: string): readonly ExportColumn<FileLine>[] {
  return [
    { title: label, value: (line) => line.label },
    { title: value, value: (line) => line.value },
  ]
}
