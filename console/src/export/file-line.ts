import type { ExportColumn, ExportPart } from './table-export.ts'

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

/** Returns lines as the parts of a document: each heading begins one. */
export function toParts(lines: readonly FileLine[]): readonly ExportPart[] {
  const parts: { title: string; columns: []; rows: string[][] }[] = []
  for (const { label, value } of lines) {
    if (value === '' || parts.length === 0) parts.push({ title: value === '' ? label : '', columns: [], rows: [] })
    if (value !== '') parts.at(-1)?.rows.push([label, value])
  }
  return parts
}

/** Returns the parts of a document as lines: what a row is of, and all that it says. */
export function toLines(parts: readonly ExportPart[]): readonly FileLine[] {
  return parts.flatMap(({ title, columns, rows }) => [
    { label: title, value: '' },
    ...rows.map(([first, ...rest]): FileLine => {
      const named = rest.map((cell, at) => (columns[at + 1] === undefined ? cell : `${columns[at + 1]}: ${cell ?? ''}`))
      return { label: String(first ?? ''), value: named.filter(Boolean).join(' · ') }
    }),
  ])
}
