import type { BoxGraph } from './boxes.ts'
import { LINE_LIMITS, type Spread, type Structure } from './measure.ts'

/** Formats the figures as a Markdown page: one table, then the places that the table counts. */
export function toMarkdown(structure: Structure): string {
  const { files, longFiles, functions, longFunctions, undocumented, graphs, cycles, packages } = structure
  const rows = [
    ['production files', `${files.count}`],
    ['lines per file, p50 / p95 / max', spread(files)],
    [`files over ${LINE_LIMITS.file} lines`, `${longFiles.length}`],
    ['functions', `${functions.count}`],
    ['lines per function, p50 / p95 / max', spread(functions)],
    [`functions over ${LINE_LIMITS.function} lines`, `${longFunctions.length}`],
    ['exports without docstring', `${undocumented.length}`],
    ...Object.entries(graphs).map(([folder, graph]) => [`import graph of ${nameOf(folder)}`, summary(graph)]),
    ['import cycles between files', `${cycles.length}`],
    ...packages.map(({ path, dependencies, optional, development }) => [
      `direct dependencies in \`${path}\``,
      `${dependencies} (+ ${optional} optional, ${development} for development)`,
    ]),
  ]
  return [
    ['| figure | value |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n'),
    list(
      `Files over ${LINE_LIMITS.file} lines`,
      longFiles.map(({ path, lines }) => `\`${path}\` ${lines}`),
    ),
    list(
      `Functions over ${LINE_LIMITS.function} lines`,
      longFunctions.map(({ at, lines }) => `\`${at}\` ${lines}`),
    ),
    list(
      'Exports without docstring',
      undocumented.map((at) => `\`${at}\``),
    ),
    list('Import cycles between files', cycles),
    ...Object.entries(graphs).flatMap(([folder, graph]) => [
      list(`Boxes of ${nameOf(folder)}`, graph.boxes.length === 0 ? [] : [graph.boxes.join(', ')]),
      list(
        `Boxes of ${nameOf(folder)} that import each other in a circle`,
        graph.circles.map((group) => group.join(', ')),
      ),
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function nameOf(folder: string): string {
  return folder === '' ? 'the top level' : `\`${folder}/\``
}

function spread({ p50, p95, max }: Spread): string {
  return `${p50} / ${p95} / ${max}`
}

function summary({ boxes, arrows, floors }: BoxGraph): string {
  return `${boxes.length} boxes on ${floors} floors, ${arrows.length} arrows`
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : [`${title}:`, '', ...items.map((item) => `- ${item}`)].join('\n')
}
